using System.Diagnostics;
using Faultline.Protocol.Faults;
using Faultline.TestSupport;

namespace Faultline.Anomalies.Tests.Kinds;

public sealed class CrashKindTests
{
    private const string VictimVariable = "FAULTLINE_TEST_CRASH_VICTIM";
    private const int KilledBySigKill = 128 + 9;

    [Fact]
    public async Task Crash_kills_the_process_as_by_SIGKILL_without_running_anything_more()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no signals on this system");
        string mark = Path.Combine(Path.GetTempPath(), $"faultline-victim-{Environment.ProcessId}");
        string self = Environment.ProcessPath!;
        string[] first = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [typeof(CrashKindTests).Assembly.Location] : [];
        var start = new ProcessStartInfo(self, [.. first, "--filter-method", $"*.{nameof(Process_that_is_killed_by_its_own_fault)}"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[VictimVariable] = mark;
        try
        {
            using Process victim = Process.Start(start)!;
            await Task.WhenAll(victim.StandardOutput.ReadToEndAsync(Stop), victim.StandardError.ReadToEndAsync(Stop), victim.WaitForExitAsync(Stop)).EndsAsync();

            victim.ExitCode.ShouldBe(KilledBySigKill);
            (await File.ReadAllTextAsync(mark, Stop)).ShouldBe("before");
        }
        finally
        {
            File.Delete(mark);
        }
    }

    [Fact]
    public async Task Process_that_is_killed_by_its_own_fault()
    {
        string? mark = Environment.GetEnvironmentVariable(VictimVariable);
        Assert.SkipWhen(mark is null, $"runs as a child of {nameof(Crash_kills_the_process_as_by_SIGKILL_without_running_anything_more)} only");
        var store = new MemoryControlStore();
        using var points = new FaultPipeline("victim-1", store, TimeProvider.System);
        using var panel = new ControlPanel(Replica.Service, store, points, TimeProvider.System);
        await panel.PlaceAsync(Replica.AnomalyOf(FaultPoints.ConsumeHandleBefore, FaultKinds.Crash), Stop);
        await File.WriteAllTextAsync(mark, "before", Stop);
        try
        {
            await points.PassAsync(FaultPoints.ConsumeHandleBefore, Replica.PassageOf(), Stop);
        }
        finally
        {
            await File.WriteAllTextAsync(mark, "a finally block ran", CancellationToken.None);
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}
