using Faultline.Bench.Throughput.Business;
using Npgsql;
using NpgsqlTypes;

namespace Faultline.Bench.Throughput.Baseline;

/// <summary>
/// The consumer's transaction for a batch of messages: the fence (still the owner?) and the inbox in one round trip, then one statement per new message, as a handler
/// would make it, all in one pipeline with the commit.
/// </summary>
internal sealed class BaselineHandling(string database) : IAsyncDisposable
{
    private const string Fence = "select 1 from ownership where queue = 'orders' and epoch = $1 for share";
    private const string Inbox = "insert into inbox (message_id) select * from unnest($1) on conflict do nothing returning message_id";
    private const string Effect = "insert into shipments (order_id, customer, number) values ($1, $2, $3)";

    private readonly NpgsqlConnection _connection = new(new NpgsqlConnectionStringBuilder(database)
    {
        Pooling = false,
        MaxAutoPrepare = 10,
        AutoPrepareMinUsages = 2,
    }.ConnectionString);

    private readonly List<EffectCommand> _effects = [];
    private readonly HashSet<Guid> _new = [];
    private NpgsqlBatch? _inbox;
    private NpgsqlBatch? _handlers;
    private NpgsqlParameter<List<Guid>>? _messageIds;

    /// <summary>Connects and becomes the owner: whoever owned the queue before can no longer commit.</summary>
    public async Task OpenAsync(string own, CancellationToken stop)
    {
        await _connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand(own, _connection);
        long epoch = await command.ExecuteScalarAsync(stop) as long? ?? throw new InvalidDataException("there is no row for the ownership of the queue");
        _messageIds = new NpgsqlParameter<List<Guid>> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };
        _inbox = new NpgsqlBatch(_connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("begin"),
                new NpgsqlBatchCommand(Fence) { Parameters = { new NpgsqlParameter<long> { NpgsqlDbType = NpgsqlDbType.Bigint, TypedValue = epoch } } },
                new NpgsqlBatchCommand(Inbox) { Parameters = { _messageIds } },
            },
        };
        _handlers = new NpgsqlBatch(_connection);
    }

    /// <summary>One transaction: every message that was not handled before takes effect.</summary>
    public async Task HandleAsync(List<Guid> messageIds, List<OrderPlaced> orders, CancellationToken stop)
    {
        _messageIds!.TypedValue = messageIds;
        await FenceAndInboxAsync(stop);
        _handlers!.BatchCommands.Clear();
        for (int at = 0; at < orders.Count; at++)
        {
            // Removing, not asking: a message that stands twice in one batch takes effect once.
            if (_new.Remove(messageIds[at])) _handlers.BatchCommands.Add(NextEffect(orders[at]));
        }

        _handlers.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        await _handlers.ExecuteNonQueryAsync(stop);
    }

    public async ValueTask DisposeAsync()
    {
        if (_inbox is not null) await _inbox.DisposeAsync();
        if (_handlers is not null) await _handlers.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task FenceAndInboxAsync(CancellationToken stop)
    {
        _new.Clear();
        await using NpgsqlDataReader reader = await _inbox!.ExecuteReaderAsync(stop);
        if (!await reader.ReadAsync(stop)) throw new InvalidOperationException("another consumer owns the queue");
        await reader.NextResultAsync(stop);
        while (await reader.ReadAsync(stop)) _new.Add(reader.GetGuid(0));
    }

    private NpgsqlBatchCommand NextEffect(OrderPlaced order)
    {
        int used = _handlers!.BatchCommands.Count;
        if (used == _effects.Count) _effects.Add(new EffectCommand());
        return _effects[used].With(order);
    }

    /// <summary>A statement with its parameters, used again for each batch.</summary>
    private sealed class EffectCommand
    {
        private readonly NpgsqlParameter<Guid> _orderId = new() { NpgsqlDbType = NpgsqlDbType.Uuid };
        private readonly NpgsqlParameter<string> _customer = new() { NpgsqlDbType = NpgsqlDbType.Text };
        private readonly NpgsqlParameter<long> _number = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
        private readonly NpgsqlBatchCommand _command;

        public EffectCommand() => _command = new NpgsqlBatchCommand(Effect) { Parameters = { _orderId, _customer, _number } };

        public NpgsqlBatchCommand With(OrderPlaced order)
        {
            _orderId.TypedValue = order.OrderId;
            _customer.TypedValue = order.Customer;
            _number.TypedValue = order.Number;
            return _command;
        }
    }
}
