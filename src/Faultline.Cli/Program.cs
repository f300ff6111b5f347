return args[0] == "service" ? await Faultline.Cli.Commands.ServiceCommand.RunAsync(args[1..]) : await Faultline.Cli.Commands.RunCommand.RunAsync(args[1..]);
