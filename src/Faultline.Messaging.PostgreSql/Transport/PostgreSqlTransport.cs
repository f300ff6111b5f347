using System.Collections.Concurrent;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.PostgreSql.Store;
using Faultline.Messaging.Streams;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>
/// Queues as tables of a PostgreSQL database (14 or later), in the schema <c>faultline_queue</c>. A send is one statement in one transaction. A message stays where it is until it is
/// deleted by its acknowledgement; who may hand it out follows from who owns its partition.
/// </summary>
/// <remarks>
/// Each subscription keeps two connections of the data source, each temporary queue one; sends, depth and declarations take one from it for a moment. The data source must not multiplex.
/// It is fastest with <c>No Reset On Close</c>: whatever leaves something behind in its session undoes it. It is the caller's: it is not disposed here.
/// </remarks>
public sealed class PostgreSqlTransport : ITransport, IEventStreams
{
    private const string BroadcastSql =
        """
        insert into faultline_queue.message (queue_id, partition, {0})
        select q.id, 0, {1} from {2} cross join (select id from faultline_queue.queue where temporary and service = $1 for key share) q
        returning queue_id
        """;

    private const string DepthSql =
        """
        select
          (select count(*) from faultline_queue.message m where m.queue_id = q.id),
          (select clock_timestamp() - min(first.enqueued_at) from faultline_queue.partition p cross join lateral (
             select m.enqueued_at from faultline_queue.message m where m.queue_id = q.id and m.partition = p.partition order by m.id limit 1) first
           where p.queue_id = q.id)
        from faultline_queue.queue q where q.name = $1 and not q.temporary
        """;

    private static readonly string Broadcast =
        string.Format(BroadcastSql, EnvelopeColumns.Names, EnvelopeColumns.Names, MessageColumns.Unnest(2));

    private readonly NpgsqlDataSource _source;
    private readonly PostgreSqlTransportOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly QueueWaker _waker;
    private readonly StreamTrimmer _trimmer;
    private readonly QueueSender _sender;
    private readonly ConcurrentDictionary<IAsyncDisposable, Task> _open = [];
    private int _disposed;

    private PostgreSqlTransport(NpgsqlDataSource source, PostgreSqlTransportOptions options, TimeProvider time, ILogger log)
    {
        (_source, _options, _time, _log) = (source, options, time, log);
        _waker = new QueueWaker(source, options.NotifyGap, time, log);
        _trimmer = new StreamTrimmer(source, options.SweepInterval, time, log);
        _sender = new QueueSender(source, _waker, _trimmer);
    }

    /// <inheritdoc/>
    public string Name => "postgresql";

    /// <inheritdoc/>
    public TransportTraits Traits { get; } = new() { OrdersByKey = true, FlagsRedelivery = true, TemporaryQueues = true, Streams = true, SendsInFlight = 4 };

    /// <summary>Connects: the tables are created when they are missing.</summary>
    /// <param name="source">The broker database. Stays the caller's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to tell.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="options">Times and sizes; the defaults when null.</param>
    /// <exception cref="ArgumentException">An option, or the data source, does not fit; all problems are named.</exception>
    /// <exception cref="TransportException">The database was not reached.</exception>
    public static async Task<PostgreSqlTransport> ConnectAsync(
        NpgsqlDataSource source, TimeProvider time, ILogger log, CancellationToken stop, PostgreSqlTransportOptions? options = null)
    {
        options ??= new PostgreSqlTransportOptions();
        NpgsqlConnectionStringBuilder settings = new(source.ConnectionString);
        List<string> problems = [.. options.Problems()];
        if (settings.Multiplexing) problems.Add("the data source multiplexes; sessions need connections of their own");
        if (problems.Count > 0) throw new ArgumentException(string.Join("; ", problems), nameof(options));

        return await TransportFailures.TranslateAsync("connecting", async () =>
        {
            await QueueSchema.EnsureAsync(source, stop);
            await using (QueueSession session = await QueueSession.OpenAsync(source, options, log, stop)) await QueueSweeper.SweepAsync(session);

            return new PostgreSqlTransport(source, options, time, log);
        });
    }

    /// <inheritdoc/>
    public Task DeclareAsync(SystemTopology topology, CancellationToken stop) => TransportFailures.TranslateIdempotentAsync("declaring", async () =>
    {
        await QueueTopology.DeclareAsync(_source, topology, stop);
        _sender.Learn(topology.Services.Select(service => service.Service), topology.Partitions);
        if (topology.Stream is { } stream) _trimmer.Start(stream.PieceBytes);
        return true;
    });

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<Envelope> batch, CancellationToken stop)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (batch.Count == 0) throw new ArgumentException("a batch holds at least one message", nameof(batch));

        try
        {
            return await _sender.SendAsync(batch, stop);
        }
        catch (PostgresException refused) when (refused.SqlState.StartsWith("53", StringComparison.Ordinal))
        {
            // Insufficient resources (disk, memory, connections): the statement was rolled back as a whole, nothing was stored.
            return [.. Enumerable.Repeat(SendOutcome.Refused, batch.Count)];
        }
        catch (Exception error) when (TransportFailures.IsBroker(error))
        {
            throw TransportFailures.Unknown($"sending {batch.Count} messages", error);
        }
    }

    /// <inheritdoc/>
    public Task<ISubscription> SubscribeAsync(string service, string instance, int unsettledMax, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(unsettledMax, 1);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return TransportFailures.TranslateIdempotentAsync<ISubscription>("subscribing", async () =>
        {
            await using NpgsqlCommand command = _source.CreateCommand("select id from faultline_queue.queue where name = $1 and not temporary");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = service });
            if (await command.ExecuteScalarAsync(stop) is not int queue) throw NotDeclared(service);

            QueueConsumer consumer = new(queue, service, instance, unsettledMax);
            QueueSubscription subscription = await QueueSubscription.StartAsync(_source, consumer, _options, _time, _log, stop);
            Keep(subscription, subscription.Closed);
            return subscription;
        });
    }

    /// <inheritdoc/>
    public Task BroadcastAsync(string service, Envelope message, CancellationToken stop)
    {
        if (MessageColumns.Refusal(message) is { } refusal) throw new ArgumentException(refusal, nameof(message));

        return TransportFailures.TranslateAsync("broadcasting", async () =>
        {
            await using NpgsqlCommand command = _source.CreateCommand(Broadcast);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = service });
            MessageColumns.AddTo(command.Parameters, [message], [1]);
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
            while (await reader.ReadAsync(stop)) _waker.Wake(reader.GetInt32(0), 0);
            return true;
        });
    }

    /// <inheritdoc/>
    public Task<ITemporaryQueue> OpenTemporaryQueueAsync(string service, string instance, CancellationToken stop)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return TransportFailures.TranslateIdempotentAsync<ITemporaryQueue>("opening a temporary queue", async () =>
        {
            PostgreSqlTemporaryQueue queue = await PostgreSqlTemporaryQueue.StartAsync(_source, service, instance, _options, _time, _log, stop);
            Keep(queue, queue.Closed);
            return queue;
        });
    }

    /// <inheritdoc/>
    public Task<QueueDepth> DepthAsync(string service, CancellationToken stop) => TransportFailures.TranslateIdempotentAsync("reading the depth", async () =>
    {
        await using NpgsqlCommand command = _source.CreateCommand(DepthSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = service });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        if (!await reader.ReadAsync(stop)) throw NotDeclared(service);

        return new QueueDepth(reader.GetInt64(0), await reader.IsDBNullAsync(1, stop) ? TimeSpan.Zero : reader.GetTimeSpan(1));
    });

    /// <inheritdoc/>
    public Task<IStreamReader> OpenStreamAsync(string stream, StreamStart start, CancellationToken stop)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return TransportFailures.TranslateIdempotentAsync<IStreamReader>("opening a stream", async () => await PostgreSqlStreamReader.OpenAsync(_source, _time, stream, start, stop));
    }

    /// <summary>Ends all subscriptions and temporary queues that are still open; nothing of them stays at the broker.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;

        await Task.WhenAll(_open.Keys.Select(open => open.DisposeAsync().AsTask()));
        await _waker.DisposeAsync();
        await _trimmer.DisposeAsync();
    }

    private void Keep(IAsyncDisposable open, Task closed)
    {
        foreach ((IAsyncDisposable ended, Task _) in _open.Where(entry => entry.Value.IsCompleted)) _open.TryRemove(ended, out Task? _);
        _open[open] = closed;
    }

    private static InvalidOperationException NotDeclared(string service) =>
        new($"queue '{service}' is not declared; declare the topology first");
}
