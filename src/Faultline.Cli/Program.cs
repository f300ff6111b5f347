return await Faultline.Cli.Commands.ServiceCommand.RunAsync(args);
