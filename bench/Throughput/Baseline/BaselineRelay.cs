using Faultline.Bench.Throughput.Contenders;
using Faultline.Bench.Throughput.Options;
using Npgsql;
using NpgsqlTypes;

namespace Faultline.Bench.Throughput.Baseline;

/// <summary>
/// The relay: one leader by a session lock. Two round trips per batch: delete what was confirmed and read on (producer database, the delete without waiting
/// for the log, since losing it is only a duplicate); then the send, whose confirmation it waits for.
/// </summary>
internal sealed class BaselineRelay : IAsyncDisposable
{
    private const string Lead = "select pg_advisory_lock(hashtextextended('outbox relay', 0))";
    private const string Delete = "delete from outbox where id = any($1)";

    private const string Read = """
        select id, message_id, type, key, body,
               (select pg_snapshot_xmin(pg_current_snapshot())), (select pg_current_xact_id())
        from outbox where id > $1 order by id limit $2
        """;

    private readonly Tuning _tuning;
    private readonly Signal _committed;
    private readonly NpgsqlConnection _outbox;
    private readonly IBaselineSender _sender;
    private readonly SafeCursor _cursor = new();
    private readonly CancellationTokenSource _ending = new();

    private readonly OutboxBatch _batch = new();

    public BaselineRelay(RoleSetup setup, Signal committed)
    {
        _tuning = setup.Tuning;
        _committed = committed;
        _outbox = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(setup.Servers.Producer()) { Pooling = false, Options = "-c synchronous_commit=off" }.ConnectionString);
        _sender = setup.Servers.Rabbit is { } rabbit ? new RabbitSender(rabbit) : new TableSender(setup.Servers.Broker(), _batch);
    }

    /// <summary>Fails when the relay failed; ends when it was disposed.</summary>
    public Task Failure { get; private set; } = new TaskCompletionSource().Task;

    public async Task StartAsync(CancellationToken stop)
    {
        await _outbox.OpenAsync(stop);
        await _sender.OpenAsync(stop);
        await using (var lead = new NpgsqlCommand(Lead, _outbox)) await lead.ExecuteNonQueryAsync(stop);
        Failure = Task.Run(() => RunAsync(_ending.Token), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        if (_outbox.State != System.Data.ConnectionState.Closed) await Failure.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _outbox.DisposeAsync();
        await _sender.DisposeAsync();
        _ending.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        var delete = new NpgsqlParameter<List<long>> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, TypedValue = _batch.Ids };
        var from = new NpgsqlParameter<long> { NpgsqlDbType = NpgsqlDbType.Bigint };
        var limit = new NpgsqlParameter<int> { NpgsqlDbType = NpgsqlDbType.Integer, TypedValue = _tuning.RelayBatch };
        await using var read = new NpgsqlBatch(_outbox)
        {
            BatchCommands = { new NpgsqlBatchCommand(Delete) { Parameters = { delete } }, new NpgsqlBatchCommand(Read) { Parameters = { from, limit } } },
        };
        await read.PrepareAsync(stop);
        while (true)
        {
            from.TypedValue = _cursor.Position;
            await DeleteAndReadAsync(read, stop);
            if (_batch.Ids.Count > 0) await _sender.SendAsync(_batch, stop);

            // Under load a short pause lets rows gather: fewer, larger batches leave more of the machine to the producers.
            if (_batch.Ids.Count == 0) await _committed.WaitAsync(_tuning.SafetyPoll, stop);
            else if (_batch.Ids.Count >= _tuning.LingerFrom && _batch.Ids.Count < _tuning.RelayBatch) await Task.Delay(_tuning.RelayLinger, TimeProvider.System, stop);
        }
    }

    private async Task DeleteAndReadAsync(NpgsqlBatch read, CancellationToken stop)
    {
        // The reader comes back when the parameters are sent, and the lists may be filled anew.
        await using NpgsqlDataReader reader = await read.ExecuteReaderAsync(stop);
        _batch.Clear();
        (ulong OldestRunning, ulong Own) transactions = default;
        while (await reader.ReadAsync(stop)) transactions = Take(reader);
        if (_batch.Ids.Count > 0) _cursor.Read(_batch.Ids[^1], transactions.OldestRunning, transactions.Own);
    }

    private (ulong OldestRunning, ulong Own) Take(NpgsqlDataReader row)
    {
        _batch.Ids.Add(row.GetInt64(0));
        _batch.MessageIds.Add(row.GetGuid(1));
        _batch.Types.Add(row.GetString(2));
        _batch.Keys.Add(row.GetString(3));
        _batch.Bodies.Add(row.GetFieldValue<byte[]>(4));
        return (row.GetFieldValue<ulong>(5), row.GetFieldValue<ulong>(6));
    }
}
