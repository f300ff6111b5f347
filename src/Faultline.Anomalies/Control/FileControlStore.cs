using System.Collections.Immutable;
using System.Text.Json;
using Faultline.Protocol;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;

namespace Faultline.Anomalies;

/// <summary>
/// The control state of one instance in a file, for services without a database: what is set, the counters and the firings outlive the process, also when an anomaly kills it. Each change is a line that the
/// operating system has before the change is in force. Safe for all threads; one process at a time.
/// </summary>
public sealed class FileControlStore : IControlStore, IDisposable
{
    private const long BytesMax = 32 * 1024 * 1024;

    private readonly string _path;
    private readonly FileStream _owner;
    private readonly MemoryControlStore _memory;
    private FileStream _journal;
    private bool _isTorn;

    private FileControlStore(string path, FileStream owner)
    {
        _path = path;
        _owner = owner;
        _journal = Journal(path, FileMode.OpenOrCreate);
        _memory = new MemoryControlStore(Write);
    }

    /// <summary>Opens the file, and makes it when it is not there; the folder must be.</summary>
    /// <param name="path">Where it is.</param>
    /// <exception cref="IOException">It cannot be read or written, or another process has it open.</exception>
    /// <exception cref="InvalidDataException">It is no file of ours.</exception>
    public static FileControlStore Open(string path)
    {
        // The file itself is replaced now and then, so the right to it hangs on another one.
        var owner = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        FileControlStore? store = null;
        try
        {
            store = new FileControlStore(path, owner);
            store.Restore();
            return store;
        }
        catch
        {
            store?._journal.Dispose();
            owner.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public Task<ControlState?> LoadAsync(long knownVersion, CancellationToken stop) => _memory.LoadAsync(knownVersion, stop);

    /// <inheritdoc />
    public Task<Placed> AddAsync(Anomaly anomaly, CancellationToken stop) => _memory.AddAsync(anomaly, stop);

    /// <inheritdoc />
    public Task<bool> RemoveAsync(Guid id, CancellationToken stop) => _memory.RemoveAsync(id, stop);

    /// <inheritdoc />
    public Task<int> ClearAsync(CancellationToken stop) => _memory.ClearAsync(stop);

    /// <inheritdoc />
    public Task<ClaimOutcome?> ClaimAsync(Claim claim, CancellationToken stop) => _memory.ClaimAsync(claim, stop);

    /// <inheritdoc />
    public Task<ImmutableArray<Firing>> ListFiringsAsync(long after, int limit, CancellationToken stop) => _memory.ListFiringsAsync(after, limit, stop);

    /// <inheritdoc />
    public Task<GuardState> SetGuardAsync(string guard, bool on, DateTimeOffset at, CancellationToken stop) => _memory.SetGuardAsync(guard, on, at, stop);

    /// <inheritdoc />
    public void Dispose()
    {
        _journal.Dispose();
        _owner.Dispose();
    }

    private static FileStream Journal(string path, FileMode mode) => new(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite);

    private void Restore()
    {
        byte[] bytes = new byte[_journal.Length];
        _journal.ReadExactly(bytes);
        int number = 0;
        int from = 0;
        for (int end; (end = Array.IndexOf(bytes, (byte)'\n', from)) >= 0; from = end + 1)
        {
            number++;
            _memory.Restore(Read(bytes.AsSpan(from, end - from), number));
        }

        // What stands behind the last line end was cut off in the middle of its writing, so it was never in force.
        Shorten();
    }

    private ControlChange Read(ReadOnlySpan<byte> line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<ControlChange>(line, ProtocolJson.Options) ?? throw new JsonException("it is null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{_path}' is no state file of anomalies: line {number} cannot be read ({error.Message}); remove the file, or name another one", error);
        }
    }

    /// <summary>Under the gate of the memory, which has one writer at a time.</summary>
    private void Write(ControlChange change)
    {
        if (_isTorn || _journal.Length > BytesMax) Shorten();
        _isTorn = true;
        _journal.Write(LineOf(change));
        _journal.Flush(); // To the operating system, which keeps it when this process dies.
        _isTorn = false;
    }

    /// <summary>Writes the state anew, without the way that led to it, and puts it in the place of the old file in one step.</summary>
    private void Shorten()
    {
        string next = _path + ".next";
        FileStream journal = Journal(next, FileMode.Create);
        try
        {
            foreach (ControlChange change in _memory.Shortest()) journal.Write(LineOf(change));
            journal.Flush();
            File.Move(next, _path, overwrite: true);
        }
        catch
        {
            journal.Dispose();
            throw;
        }

        _journal.Dispose();
        _journal = journal;
        _isTorn = false;
    }

    private static byte[] LineOf(ControlChange change) => [.. JsonSerializer.SerializeToUtf8Bytes(change, ProtocolJson.Options), (byte)'\n'];
}
