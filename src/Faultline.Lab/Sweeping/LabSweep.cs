using System.ComponentModel;
using Faultline.Lab.Instances;
using Faultline.Lab.Postgres;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;

namespace Faultline.Lab.Sweeping;

/// <summary>Ends what labs left behind that were killed: processes, also paused ones, and folders of runs. Data of lasting labs is kept.</summary>
/// <remarks>A folder is cleaned only while its lock is held, so labs that run are left alone, and two labs may sweep at once.</remarks>
internal static class LabSweep
{
    public static async Task<SweepReport> RunAsync(string root, TimeProvider time, CancellationToken stop)
    {
        int ended = 0;
        List<string> deleted = [];
        List<string> problems = [];
        foreach (string name in LabFolder.Names(root))
        {
            try
            {
                if (await LabFolder.TryOpenForSweepAsync(root, name) is not { } folder) continue;

                await using (folder)
                {
                    ended += await CleanAsync(folder, time, stop);
                    if (folder.IsEphemeral) deleted.Add(name);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or Win32Exception or LabException)
            {
                problems.Add($"The folder of lab '{name}' could not be cleaned: {error.Message}"); // Another user's, perhaps; it must not stop this lab.
            }
        }

        return new SweepReport(ended, deleted, problems);
    }

    /// <summary>Ends the processes of a folder whose lock is held.</summary>
    public static async Task<int> CleanAsync(LabFolder folder, TimeProvider time, CancellationToken stop)
    {
        int ended = 0;
        string clusters = PostgresCluster.ClustersFolder(folder.Path);
        if (Directory.Exists(clusters))
        {
            int[] counts = await Task.WhenAll(Directory.EnumerateDirectories(clusters).Select(cluster => new DataFolder(cluster).EndLeftoversAsync(time, stop)));
            ended += counts.Sum();
        }

        foreach ((ProcessIdentity process, _) in folder.Processes.StillRunning())
        {
            if (Signals.Send(process.Pid, Signal.Kill)) ended++; // SIGKILL needs no SIGCONT: it ends a paused process too.
        }

        foreach ((ProcessIdentity process, string role) in folder.Processes.Recorded())
        {
            if (role != ProcessLedger.LabRole || !ProcessTable.IsRunning(process)) RuntimeSockets.RemoveOf(process);
        }

        folder.Processes.Clear();
        return ended;
    }
}
