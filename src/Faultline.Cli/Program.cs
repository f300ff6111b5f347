using Faultline.Cli;
using Faultline.Cli.Output;

using var interrupts = Interrupts.OfProcess();
return await CommandLine.RunAsync(args, Screen.OfProcess(), interrupts);
