using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>
/// Forgets the oldest events of streams, by age and by size, in small pieces. One of all processes does it at a time; each looks now and then, and when it has itself appended much.
/// </summary>
internal sealed class StreamTrimmer : IAsyncDisposable
{
    private const int PieceRows = 1_000;

    // Both bounds rise with the offset, so the front of the log is all that has to be looked at. The lock is held to the end of the statement's transaction.
    private static readonly string Sql =
        $"""
        with turn as materialized (select pg_try_advisory_xact_lock({LockKeys.StreamTrim}, 0) as mine),
        oldest as (
          select e.stream_id, e.at_offset from faultline_queue.stream s
          cross join lateral (select f.stream_id, f.at_offset, f.appended_at, f.bytes from faultline_queue.stream_event f where f.stream_id = s.id order by f.at_offset limit {PieceRows}) e
          where (select mine from turn) and (e.appended_at < clock_timestamp() - s.age_max or e.bytes <= s.bytes - s.bytes_max)
        )
        delete from faultline_queue.stream_event e using oldest o where e.stream_id = o.stream_id and e.at_offset = o.at_offset
        """;

    private readonly NpgsqlDataSource _source;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private long _bytesEach = long.MaxValue;
    private long _bytes;

    public StreamTrimmer(NpgsqlDataSource source, TimeSpan interval, TimeProvider time, ILogger log) => (_source, _interval, _time, _log) = (source, interval, time, log);

    /// <summary>Begins, at the first call.</summary>
    /// <param name="bytesEach">How much this process appends before it looks by itself.</param>
    public void Start(long bytesEach)
    {
        lock (_gate)
        {
            _bytesEach = bytesEach;
            if (_running.IsCompleted && !_stopping.IsCancellationRequested) _running = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        }
    }

    /// <summary>This process has appended so much.</summary>
    public void Appended(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) < Interlocked.Read(ref _bytesEach)) return;

        Interlocked.Exchange(ref _bytes, 0);
        _signal.Writer.TryWrite(true);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                while (await TrimAsync(stop) >= PieceRows)
                {
                    // Small pieces, so that no transaction grows long; the next one follows at once.
                }

                await WaitAsync(stop);
            }
            catch (Exception error)
            {
                // The loop's edge: a log that is not trimmed now is trimmed later.
                if (!stop.IsCancellationRequested) QueueLog.TrimFailed(_log, TransportFailures.Describe(error));
                await Task.Delay(_interval, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        using var late = new CancellationTokenSource(_interval, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        Task<bool> waiting = _signal.Reader.WaitToReadAsync(either.Token).AsTask();
        await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _signal.Reader.TryRead(out _);
    }

    private async Task<int> TrimAsync(CancellationToken stop)
    {
        await using NpgsqlCommand command = _source.CreateCommand(Sql);
        return await command.ExecuteNonQueryAsync(stop);
    }
}
