namespace Faultline.Lab.TestHost;

/// <summary>The processes that the tests of the lab start and kill: a lab, and services of several tempers.</summary>
internal static class Program
{
    private static Task<int> Main(string[] arguments) => arguments switch
    {
        ["lab", string root, string tools, string name, string service] => LabProcess.RunAsync(root, tools, name, service),
        ["rabbit", string root, string name] => RabbitProcess.RunAsync(root, name),
        ["service", string service] when service.Contains('/', StringComparison.Ordinal) => ControlledService.RunAsync(service),
        ["service", string port, .. string[] tempers] => ServiceProcess.RunAsync(port, tempers),
        _ => Fail(arguments),
    };

    private static async Task<int> Fail(string[] arguments)
    {
        await Console.Error.WriteLineAsync($"Unknown arguments: {string.Join(' ', arguments)}");
        return 2;
    }
}
