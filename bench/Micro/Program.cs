using BenchmarkDotNet.Running;
using Faultline.Bench.Micro;

BenchmarkSwitcher.FromTypes([typeof(IdleFaultPoint)]).Run(args.Length > 0 ? args : ["--filter", "*"]);
