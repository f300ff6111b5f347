using System.Text.Json;

namespace Faultline.Lab.Processes;

/// <summary>The durable list of all processes that a lab started, so that the next lab can end those that outlived it.</summary>
/// <remarks>
/// A line for each process, appended before the process runs its program. The operating system keeps what was written when the lab is killed;
/// no sync to disk, because a machine that lost power has lost the processes too.
/// </remarks>
internal sealed class ProcessLedger(string path)
{
    /// <summary>The role of the lab itself. It is in the list because it may be killed too, and is nobody's to end.</summary>
    public const string LabRole = "lab";

    private readonly Lock _gate = new();
    private readonly string _bootId = ProcessTable.BootId();

    public void Record(ProcessIdentity process, string role)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(new Entry(process.Pid, process.StartTicks, role, _bootId)), (byte)'\n'];
        lock (_gate)
        {
            using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(line);
        }
    }

    /// <summary>The recorded processes that still run: same pid, same start time, same boot. The lab itself is none of them.</summary>
    public IReadOnlyList<(ProcessIdentity Process, string Role)> StillRunning() =>
        [.. Recorded().Where(one => one.Role != LabRole && ProcessTable.IsRunning(one.Process))];

    /// <summary>All that were recorded in this boot, with the lab itself.</summary>
    public IReadOnlyList<(ProcessIdentity Process, string Role)> Recorded() => File.Exists(path)
        ? [.. File.ReadAllLines(path).Select(Parse).OfType<Entry>().Where(entry => entry.Boot == _bootId).Select(entry => (new ProcessIdentity(entry.Pid, entry.Start), entry.Role))]
        : [];

    public void Clear() => File.Delete(path);

    private static Entry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Entry>(line);
        }
        catch (JsonException)
        {
            return null; // The last line of a lab that was killed while it wrote: that process had not been let go yet.
        }
    }

    private sealed record Entry(int Pid, long Start, string Role, string Boot);
}
