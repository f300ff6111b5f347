using System.Diagnostics;

namespace Faultline.EndToEnd;

/// <summary>A command line that has ended.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    private const int Kill = 9;

    /// <summary>Runs the launcher to its end.</summary>
    public static async Task<CommandRun> OfAsync(IReadOnlyList<string> arguments)
    {
        var info = new ProcessStartInfo(Path.Combine(Lab.Repository(), "faultline"), arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(info)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limits.Run, TestContext.Current.CancellationToken);
        }
        catch
        {
            Lab.Signal(process.Id, Kill); // Nobody else knows of it.
            throw;
        }

        return new CommandRun(process.ExitCode, await output, await error);
    }
}
