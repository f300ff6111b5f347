namespace Faultline.Lab.Processes;

/// <summary>Runs a program to its end, under a keeper: it does not outlive the lab.</summary>
internal static class ToolRun
{
    private const int LinesMax = 200;

    /// <summary>Returns the exit code; the first lines that the program wrote to either output are added to <paramref name="output"/>.</summary>
    public static async Task<int> RunAsync(ProcessStart start, ProcessLedger ledger, List<string> output, TimeProvider time, CancellationToken stop)
    {
        Lock gate = new();
        ValueTask Take(string line)
        {
            lock (gate)
            {
                if (output.Count < LinesMax) output.Add(line);
            }

            return ValueTask.CompletedTask;
        }

        await using ChildProcess child = await ChildProcess.StartAsync(start with { Kept = true }, ledger, Take, time);
        return (await child.Exited.WaitAsync(stop)).Code;
    }
}
