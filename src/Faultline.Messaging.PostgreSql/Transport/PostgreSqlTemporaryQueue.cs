using System.Threading.Channels;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>
/// A queue that lives and dies with a session. Reading deletes: broadcasts are at most once. After a lost connection the queue is opened anew, and what was broadcast in between is missed.
/// </summary>
internal sealed class PostgreSqlTemporaryQueue : ITemporaryQueue
{
    private const string Create =
        "insert into faultline_queue.queue (name, service, partitions, temporary, owner) values ($1 || '#' || $2::text, $1, 1, true, $2) returning id";

    private const string Take =
        $"with taken as (delete from faultline_queue.message where queue_id = $1 returning {MessageReader.Columns}) select * from taken order by id";

    private readonly NpgsqlDataSource _source;
    private readonly PostgreSqlTransportOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly string _service;
    private readonly string _instance;
    private readonly Channel<Envelope> _messages = Channel.CreateUnbounded<Envelope>(new UnboundedChannelOptions { SingleWriter = true });
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private int _disposed;

    private PostgreSqlTemporaryQueue(NpgsqlDataSource source, string service, string instance, PostgreSqlTransportOptions options, TimeProvider time, ILogger log) =>
        (_source, _service, _instance, _options, _time, _log) = (source, service, instance, options, time, log);

    /// <summary>Completes when the queue is closed.</summary>
    public Task Closed => _running;

    /// <inheritdoc/>
    public ChannelReader<Envelope> Messages => _messages.Reader;

    /// <summary>Opens the queue, and starts to read it.</summary>
    public static async Task<PostgreSqlTemporaryQueue> StartAsync(
        NpgsqlDataSource source, string service, string instance, PostgreSqlTransportOptions options, TimeProvider time, ILogger log, CancellationToken stop)
    {
        PostgreSqlTemporaryQueue queue = new(source, service, instance, options, time, log);
        (QueueSession Session, int Queue) first = await queue.OpenAsync(stop);
        queue._running = Task.Run(() => queue.RunAsync(first), CancellationToken.None);
        return queue;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) await _stopping.CancelAsync();
        await _running;
    }

    private async Task RunAsync((QueueSession Session, int Queue)? open)
    {
        while (true)
        {
            string why = "its session ended";
            try
            {
                open ??= await OpenAsync(_stopping.Token);
                await ReadAsync(open.Value.Session, open.Value.Queue);
                await RemoveAsync(open.Value.Session, open.Value.Queue);
            }
            catch (Exception error)
            {
                why = TransportFailures.Describe(error); // The loop's edge: the queue is opened anew.
            }

            if (open is { } ended) await ended.Session.DisposeAsync();
            open = null;
            if (_stopping.IsCancellationRequested) break;

            QueueLog.SessionLost(_log, _instance, _service, why);
            await Task.Delay(_options.ReconnectDelayMax, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _messages.Writer.TryComplete();
    }

    private async Task<(QueueSession Session, int Queue)> OpenAsync(CancellationToken stop)
    {
        QueueSession session = await QueueSession.OpenAsync(_source, _options, _log, stop);
        try
        {
            await QueueSweeper.SweepAsync(session);
            await using NpgsqlCommand command = session.Command(Create, _service, session.Id);
            int queue = (int)(await command.ExecuteScalarAsync(stop))!;
            await session.ListenAsync(queue);
            await session.JoinAsync(queue, _instance);
            return (session, queue);
        }
        catch
        {
            await session.DisposeAsync(); // It was opened here; its lock would keep the queue alive.
            throw;
        }
    }

    private async Task ReadAsync(QueueSession session, int queue)
    {
        while (!_stopping.IsCancellationRequested)
        {
            await using (NpgsqlCommand command = session.Command(Take, queue))
            {
                await command.PrepareAsync();
                await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
                while (await reader.ReadAsync()) Publish(MessageReader.Read(reader));
            }

            // Notifications wake it; the rare look is for one that was lost, and keeps a dead connection from being unnoticed.
            await session.WaitAsync(_options.LookInterval, _stopping.Token);
        }
    }

    private void Publish(Delivery delivery)
    {
        if (delivery.Message is { } message) _messages.Writer.TryWrite(message);
        else QueueLog.BroadcastDropped(_log, _service, delivery.Malformed ?? "no reason");
    }

    private static async Task RemoveAsync(QueueSession session, int queue)
    {
        await using NpgsqlBatch batch = session.Batch();
        batch.Add("delete from faultline_queue.queue where id = $1", queue);
        batch.Add("delete from faultline_queue.message where queue_id = $1", queue);
        batch.Add("delete from faultline_queue.session where id = $1", session.Id);
        await batch.ExecuteNonQueryAsync();
    }
}
