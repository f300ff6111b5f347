using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Faultline.Lab.Supervisor;

/// <summary>All changes of state in a lab, for any number of readers.</summary>
/// <remarks>Readers are behind channels: publishing runs no foreign code, so it may happen under a gate, which keeps the order of changes.</remarks>
public sealed class ProcessChanges
{
    private const int UnreadMax = 10_000;

    private readonly Lock _gate = new();
    private readonly List<Channel<ProcessChange>> _readers = [];

    /// <summary>Every change from now on, in order. A reader that is 10,000 behind loses the oldest.</summary>
    public async IAsyncEnumerable<ProcessChange> ReadAsync([EnumeratorCancellation] CancellationToken stop = default)
    {
        Channel<ProcessChange> reader = Subscribe();
        try
        {
            await foreach (ProcessChange change in reader.Reader.ReadAllAsync(stop)) yield return change;
        }
        finally
        {
            lock (_gate) _readers.Remove(reader);
        }
    }

    internal Channel<ProcessChange> Subscribe()
    {
        Channel<ProcessChange> reader = Channel.CreateBounded<ProcessChange>(
            new BoundedChannelOptions(UnreadMax) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_gate) _readers.Add(reader);
        return reader;
    }

    internal void Publish(ProcessChange change)
    {
        lock (_gate)
        {
            foreach (Channel<ProcessChange> reader in _readers) reader.Writer.TryWrite(change);
        }
    }

    internal void Complete()
    {
        lock (_gate)
        {
            foreach (Channel<ProcessChange> reader in _readers) reader.Writer.TryComplete();
        }
    }
}
