using System.Threading.Channels;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>
/// Tells consumers of new messages, after the commit and on a connection of its own: a NOTIFY inside the sender's transaction would make all commits of the server wait
/// for each other. What comes within a few milliseconds becomes one notification for each queue. A lost one costs a second: consumers look by themselves that often.
/// </summary>
internal sealed class QueueWaker : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly TimeSpan _gap;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Task _running;
    private Dictionary<int, SortedSet<int>> _pending = [];

    public QueueWaker(NpgsqlDataSource source, TimeSpan gap, TimeProvider time, ILogger log)
    {
        (_source, _gap, _time, _log) = (source, gap, time, log);
        _running = RunAsync(_stopping.Token);
    }

    /// <summary>Something was stored in a partition of a queue.</summary>
    public void Wake(int queue, int partition)
    {
        lock (_gate)
        {
            if (!_pending.TryGetValue(queue, out SortedSet<int>? partitions)) _pending[queue] = partitions = [];
            if (!partitions.Add(partition)) return;
        }

        _signal.Writer.TryWrite(true);
    }

    public async ValueTask DisposeAsync()
    {
        _signal.Writer.TryComplete();
        _stopping.CancelAfter(TimeSpan.FromSeconds(1));
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        // Reads until the writer completes: what was pending at the end is still told.
        while (await _signal.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_signal.Reader.TryRead(out _))
            {
                try
                {
                    await NotifyAsync(TakePending(), stop);
                    await Task.Delay(_gap, _time, stop);
                }
                catch (Exception error)
                {
                    // The loop's edge: senders go on, and consumers find the messages with their next look.
                    QueueLog.WakeFailed(_log, TransportFailures.Describe(error));
                }
            }
        }
    }

    private async Task NotifyAsync(Dictionary<int, SortedSet<int>> pending, CancellationToken stop)
    {
        if (pending.Count == 0) return;

        await using NpgsqlCommand command = _source.CreateCommand("select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as n (channel, payload)");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. pending.Keys.Select(QueueSignals.Channel)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. pending.Values.Select(QueueSignals.Messages)] });
        await command.ExecuteNonQueryAsync(stop);
    }

    private Dictionary<int, SortedSet<int>> TakePending()
    {
        lock (_gate)
        {
            Dictionary<int, SortedSet<int>> pending = _pending;
            _pending = [];
            return pending;
        }
    }
}
