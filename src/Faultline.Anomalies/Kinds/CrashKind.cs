using System.Runtime.InteropServices;
using Faultline.Protocol.Faults;

namespace Faultline.Anomalies;

/// <summary>The process dies at once.</summary>
internal sealed partial class CrashKind() : FaultKind(FaultKinds.Crash, "the process dies at once, nothing is finished or written any more")
{
    private const int SigKill = 9;

    public override bool HitsWholeBatch => true;

    /// <summary>SIGKILL to ourselves: no finally block, no flush, no handler runs. Environment.FailFast would write a dump and Environment.Exit would clean up.</summary>
    public static void KillThisProcess()
    {
        if (OperatingSystem.IsWindows() || SendSignal(Environment.ProcessId, SigKill) != 0)
        {
            using System.Diagnostics.Process self = System.Diagnostics.Process.GetCurrentProcess();
            self.Kill();
        }

        // Never reached after SIGKILL: it is delivered before the call returns to us. Where it could not be sent this ends the process all the same.
        Environment.FailFast("an anomaly asked for a crash, and the process could not kill itself");
    }

    public override ValueTask ActAsync(Strike strike, CancellationToken stop)
    {
        strike.Context.Crash();
        return ValueTask.CompletedTask;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
