using Faultline.Bench.Throughput;
using Faultline.Bench.Throughput.Options;
using Faultline.Bench.Throughput.Roles;

if (args is ["--help"] or ["-h"])
{
    Console.WriteLine(BenchOptions.Help);
    return 0;
}

if (args is ["role"]) return await RoleProcess.RunAsync();

var options = new BenchOptions();
IReadOnlyList<string> problems = [.. OptionReader.Read(args, options), .. options.Problems()];
if (problems.Count > 0)
{
    foreach (string problem in problems) Console.Error.WriteLine(problem);
    return 2;
}

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true; // The clusters and role processes are ended first.
    interrupted.Cancel();
};
return await Bench.RunAsync(options, string.Join(' ', args), interrupted.Token);
