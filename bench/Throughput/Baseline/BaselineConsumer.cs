using System.Text.Json;
using Faultline.Bench.Throughput.Business;
using Faultline.Bench.Throughput.Contenders;
using Faultline.Bench.Throughput.Measuring;
using Faultline.Bench.Throughput.Options;
using Npgsql;
using NpgsqlTypes;

namespace Faultline.Bench.Throughput.Baseline;

/// <summary>
/// The consuming side: one ordered loop. Three round trips per batch: ack the last batch and fetch the next (broker; losing an ack is only a duplicate,
/// so it does not wait for the log); fence and inbox; the handlers' statements and the commit.
/// </summary>
internal sealed class BaselineConsumer : IConsumerSide
{
    private const string Lead = "select pg_advisory_lock(hashtextextended('queue consumer', 0))";
    private const string Own = "update ownership set epoch = epoch + 1 where queue = 'orders' returning epoch";
    private const string Ack = "delete from queue where id = any($1)";

    private const string Fetch = """
        select id, message_id, type, body, (select pg_snapshot_xmin(pg_current_snapshot())), (select pg_current_xact_id())
        from queue where id > $1 order by id limit $2
        """;

    private readonly Tuning _tuning;
    private readonly DeliveryLog _deliveries;
    private readonly NpgsqlConnection _broker;
    private readonly NpgsqlConnection _listener;
    private readonly BaselineHandling _handling;
    private readonly SafeCursor _cursor = new();
    private readonly Signal _arrived = new();
    private readonly CancellationTokenSource _ending = new();

    private readonly List<long> _ids = [];
    private readonly List<Guid> _messageIds = [];
    private readonly List<OrderPlaced> _orders = [];

    private BaselineConsumer(RoleSetup setup, DeliveryLog deliveries)
    {
        _tuning = setup.Tuning;
        _deliveries = deliveries;
        _broker = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(setup.Servers.Broker()) { Pooling = false, Options = "-c synchronous_commit=off" }.ConnectionString);
        _listener = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(setup.Servers.Broker()) { Pooling = false }.ConnectionString);
        _handling = new BaselineHandling(setup.Servers.Consumer());
    }

    public Task Failure { get; private set; } = new TaskCompletionSource().Task;

    public static async Task<BaselineConsumer> OpenAsync(RoleSetup setup, DeliveryLog deliveries, CancellationToken stop)
    {
        var consumer = new BaselineConsumer(setup, deliveries);
        await consumer._broker.OpenAsync(stop);
        await consumer._listener.OpenAsync(stop);
        await using (var lead = new NpgsqlCommand(Lead, consumer._broker)) await lead.ExecuteNonQueryAsync(stop);
        await consumer._handling.OpenAsync(Own, stop);
        consumer._listener.Notification += (_, _) => consumer._arrived.Raise();
        await using (var listen = new NpgsqlCommand("listen queue", consumer._listener)) await listen.ExecuteNonQueryAsync(stop);

        CancellationToken ending = consumer._ending.Token;
        Task listening = Task.Run(() => consumer.ListenAsync(ending), CancellationToken.None);
        Task consuming = Task.Run(() => consumer.ConsumeAsync(ending), CancellationToken.None);
        consumer.Failure = Task.WhenAny(listening, consuming).Unwrap();
        return consumer;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Failure.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _listener.DisposeAsync();
        await _broker.DisposeAsync();
        await _handling.DisposeAsync();
        _arrived.Dispose();
        _ending.Dispose();
    }

    private async Task ListenAsync(CancellationToken stop)
    {
        while (true) await _listener.WaitAsync(stop);
    }

    private async Task ConsumeAsync(CancellationToken stop)
    {
        var acked = new NpgsqlParameter<List<long>> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, TypedValue = _ids };
        var from = new NpgsqlParameter<long> { NpgsqlDbType = NpgsqlDbType.Bigint };
        var limit = new NpgsqlParameter<int> { NpgsqlDbType = NpgsqlDbType.Integer, TypedValue = _tuning.ConsumerBatch };
        await using var fetch = new NpgsqlBatch(_broker)
        {
            BatchCommands = { new NpgsqlBatchCommand(Ack) { Parameters = { acked } }, new NpgsqlBatchCommand(Fetch) { Parameters = { from, limit } } },
        };
        await fetch.PrepareAsync(stop);
        while (true)
        {
            from.TypedValue = _cursor.Position;
            await AckAndFetchAsync(fetch, stop);
            if (_ids.Count > 0)
            {
                await _handling.HandleAsync(_messageIds, _orders, stop);
                foreach (OrderPlaced order in _orders) _deliveries.Committed(order);
            }

            if (_ids.Count == 0) await _arrived.WaitAsync(_tuning.SafetyPoll, stop);
            else if (_ids.Count >= _tuning.LingerFrom && _ids.Count < _tuning.ConsumerBatch) await Task.Delay(_tuning.ConsumerLinger, TimeProvider.System, stop);
        }
    }

    private async Task AckAndFetchAsync(NpgsqlBatch fetch, CancellationToken stop)
    {
        // The reader comes back when the parameters are sent, and the lists may be filled anew.
        await using NpgsqlDataReader reader = await fetch.ExecuteReaderAsync(stop);
        _ids.Clear();
        _messageIds.Clear();
        _orders.Clear();
        (ulong OldestRunning, ulong Own) transactions = default;
        while (await reader.ReadAsync(stop)) transactions = Take(reader);
        if (_ids.Count > 0) _cursor.Read(_ids[^1], transactions.OldestRunning, transactions.Own);
    }

    private (ulong OldestRunning, ulong Own) Take(NpgsqlDataReader row)
    {
        if (row.GetString(2) != OrderPlaced.Type) throw new InvalidDataException($"a message of the unknown type '{row.GetString(2)}'");
        _ids.Add(row.GetInt64(0));
        _messageIds.Add(row.GetGuid(1));
        _orders.Add(JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(3), BusinessJson.Default.OrderPlaced) ?? throw new InvalidDataException("a message without a body"));
        return (row.GetFieldValue<ulong>(4), row.GetFieldValue<ulong>(5));
    }
}
