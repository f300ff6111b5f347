using System.Text.Json;
using Faultline.Bench.Throughput.Business;
using Faultline.Bench.Throughput.Contenders;
using Faultline.Messaging.Envelopes;
using Npgsql;
using NpgsqlTypes;

namespace Faultline.Bench.Throughput.Baseline;

/// <summary>
/// The producing side: a connection per producer, and per transaction one round trip. A batch outside an explicit transaction is one implicit
/// transaction for PostgreSQL, committed at its end.
/// </summary>
internal sealed class BaselineProducer : IProducerSide
{
    private const string InsertOrder = "insert into orders (id, customer, number, note) values ($1, $2, $3, $4)";

    // The lock is taken before the id is drawn, so within a key the order of ids is the order of commits. Two keys whose hashes meet wait for each other, no more.
    private const string InsertOutbox =
        "insert into outbox (message_id, type, key, body) select $1, $2, $3, $4 from pg_advisory_xact_lock($5)";

    private readonly NpgsqlDataSource _source;
    private readonly Transaction[] _transactions;
    private readonly BaselineRelay _relay;
    private readonly Signal _committed = new();

    private BaselineProducer(RoleSetup setup)
    {
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(setup.Servers.Producer())
        {
            MaxPoolSize = setup.Producers + 1,
            NoResetOnClose = true,
        });
        _transactions = new Transaction[setup.Producers];
        _relay = new BaselineRelay(setup, _committed);
    }

    public Task Failure => _relay.Failure;

    public static async Task<BaselineProducer> OpenAsync(RoleSetup setup, CancellationToken stop)
    {
        var producer = new BaselineProducer(setup);
        for (int at = 0; at < setup.Producers; at++) producer._transactions[at] = await Transaction.OpenAsync(producer._source, stop);
        return producer;
    }

    public async ValueTask CommitAsync(int producer, OrderPlaced order, CancellationToken stop)
    {
        await _transactions[producer].CommitAsync(order, stop);
        _committed.Raise();
    }

    public Task StartRelayAsync(CancellationToken stop) => _relay.StartAsync(stop);

    public async ValueTask DisposeAsync()
    {
        await _relay.DisposeAsync();
        foreach (Transaction transaction in _transactions) await transaction.DisposeAsync();
        await _source.DisposeAsync();
        _committed.Dispose();
    }

    /// <summary>A connection with its one batch, prepared, whose parameters are set anew for each transaction.</summary>
    private sealed class Transaction(NpgsqlConnection connection) : IAsyncDisposable
    {
        private readonly NpgsqlBatch _batch = new(connection);
        private readonly NpgsqlParameter<Guid> _orderId = new() { NpgsqlDbType = NpgsqlDbType.Uuid };
        private readonly NpgsqlParameter<string> _customer = new() { NpgsqlDbType = NpgsqlDbType.Text };
        private readonly NpgsqlParameter<long> _number = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
        private readonly NpgsqlParameter<string> _note = new() { NpgsqlDbType = NpgsqlDbType.Text };
        private readonly NpgsqlParameter<Guid> _messageId = new() { NpgsqlDbType = NpgsqlDbType.Uuid };
        private readonly NpgsqlParameter<string> _type = new() { NpgsqlDbType = NpgsqlDbType.Text, TypedValue = OrderPlaced.Type };
        private readonly NpgsqlParameter<string> _key = new() { NpgsqlDbType = NpgsqlDbType.Text };
        private readonly NpgsqlParameter<byte[]> _body = new() { NpgsqlDbType = NpgsqlDbType.Bytea };
        private readonly NpgsqlParameter<long> _keyLock = new() { NpgsqlDbType = NpgsqlDbType.Bigint };

        public static async Task<Transaction> OpenAsync(NpgsqlDataSource source, CancellationToken stop)
        {
            var transaction = new Transaction(await source.OpenConnectionAsync(stop));
            transaction._batch.BatchCommands.Add(new NpgsqlBatchCommand(InsertOrder)
            {
                Parameters = { transaction._orderId, transaction._customer, transaction._number, transaction._note },
            });
            transaction._batch.BatchCommands.Add(new NpgsqlBatchCommand(InsertOutbox)
            {
                Parameters = { transaction._messageId, transaction._type, transaction._key, transaction._body, transaction._keyLock },
            });
            await transaction._batch.PrepareAsync(stop);
            return transaction;
        }

        public async ValueTask CommitAsync(OrderPlaced order, CancellationToken stop)
        {
            _orderId.TypedValue = order.OrderId;
            _customer.TypedValue = order.Customer;
            _number.TypedValue = order.Number;
            _note.TypedValue = order.Note;
            _messageId.TypedValue = order.OrderId;
            _key.TypedValue = order.Customer;
            _body.TypedValue = JsonSerializer.SerializeToUtf8Bytes(order, BusinessJson.Default.OrderPlaced);
            _keyLock.TypedValue = (long)KeyHash.Of(order.Customer);
            await _batch.ExecuteNonQueryAsync(stop);
        }

        public async ValueTask DisposeAsync()
        {
            await _batch.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
