using Faultline.Bench.Throughput.Contenders;
using Faultline.Bench.Throughput.Options;
using Npgsql;
using NpgsqlTypes;

namespace Faultline.Bench.Throughput.Baseline;

/// <summary>
/// The relay: one leader by a session lock. Two round trips per batch: delete what was confirmed and read on (producer database, the delete without waiting
/// for the log, since losing it is only a duplicate); insert and notify (broker, whose commit is the confirmation).
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

    private const string Begin = "select pg_current_xact_id()"; // The transaction id comes before the row ids: see SafeCursor.
    private const string Send = "insert into queue (message_id, type, key, body) select * from unnest($1, $2, $3, $4)";
    private const string Notify = "select pg_notify('queue', '')";

    private readonly Tuning _tuning;
    private readonly Signal _committed;
    private readonly NpgsqlConnection _outbox;
    private readonly NpgsqlConnection _broker;
    private readonly SafeCursor _cursor = new();
    private readonly CancellationTokenSource _ending = new();

    private readonly List<long> _ids = [];
    private readonly List<Guid> _messageIds = [];
    private readonly List<string> _types = [];
    private readonly List<string> _keys = [];
    private readonly List<byte[]> _bodies = [];

    public BaselineRelay(RoleSetup setup, Signal committed)
    {
        _tuning = setup.Tuning;
        _committed = committed;
        _outbox = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(setup.Servers.Producer()) { Pooling = false, Options = "-c synchronous_commit=off" }.ConnectionString);
        _broker = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(setup.Servers.Broker()) { Pooling = false }.ConnectionString);
    }

    /// <summary>Fails when the relay failed; ends when it was disposed.</summary>
    public Task Failure { get; private set; } = new TaskCompletionSource().Task;

    public async Task StartAsync(CancellationToken stop)
    {
        await _outbox.OpenAsync(stop);
        await _broker.OpenAsync(stop);
        await using (var lead = new NpgsqlCommand(Lead, _outbox)) await lead.ExecuteNonQueryAsync(stop);
        Failure = Task.Run(() => RunAsync(_ending.Token), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        if (_outbox.State != System.Data.ConnectionState.Closed) await Failure.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _outbox.DisposeAsync();
        await _broker.DisposeAsync();
        _ending.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        var delete = new NpgsqlParameter<List<long>> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, TypedValue = _ids };
        var from = new NpgsqlParameter<long> { NpgsqlDbType = NpgsqlDbType.Bigint };
        var limit = new NpgsqlParameter<int> { NpgsqlDbType = NpgsqlDbType.Integer, TypedValue = _tuning.RelayBatch };
        await using var read = new NpgsqlBatch(_outbox)
        {
            BatchCommands = { new NpgsqlBatchCommand(Delete) { Parameters = { delete } }, new NpgsqlBatchCommand(Read) { Parameters = { from, limit } } },
        };
        await using var send = new NpgsqlBatch(_broker)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Begin),
                new NpgsqlBatchCommand(Send)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<List<Guid>> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid, TypedValue = _messageIds },
                        new NpgsqlParameter<List<string>> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, TypedValue = _types },
                        new NpgsqlParameter<List<string>> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, TypedValue = _keys },
                        new NpgsqlParameter<List<byte[]>> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, TypedValue = _bodies },
                    },
                },
                new NpgsqlBatchCommand(Notify),
            },
        };
        await read.PrepareAsync(stop);
        await send.PrepareAsync(stop);
        while (true)
        {
            from.TypedValue = _cursor.Position;
            await DeleteAndReadAsync(read, stop);
            if (_ids.Count > 0) await send.ExecuteNonQueryAsync(stop);

            // Under load a short pause lets rows gather: fewer, larger batches leave more of the machine to the producers.
            if (_ids.Count == 0) await _committed.WaitAsync(_tuning.SafetyPoll, stop);
            else if (_ids.Count >= _tuning.LingerFrom && _ids.Count < _tuning.RelayBatch) await Task.Delay(_tuning.RelayLinger, TimeProvider.System, stop);
        }
    }

    private async Task DeleteAndReadAsync(NpgsqlBatch read, CancellationToken stop)
    {
        // The reader comes back when the parameters are sent, and the lists may be filled anew.
        await using NpgsqlDataReader reader = await read.ExecuteReaderAsync(stop);
        _ids.Clear();
        _messageIds.Clear();
        _types.Clear();
        _keys.Clear();
        _bodies.Clear();
        (ulong OldestRunning, ulong Own) transactions = default;
        while (await reader.ReadAsync(stop)) transactions = Take(reader);
        if (_ids.Count > 0) _cursor.Read(_ids[^1], transactions.OldestRunning, transactions.Own);
    }

    private (ulong OldestRunning, ulong Own) Take(NpgsqlDataReader row)
    {
        _ids.Add(row.GetInt64(0));
        _messageIds.Add(row.GetGuid(1));
        _types.Add(row.GetString(2));
        _keys.Add(row.GetString(3));
        _bodies.Add(row.GetFieldValue<byte[]>(4));
        return (row.GetFieldValue<ulong>(5), row.GetFieldValue<ulong>(6));
    }
}
