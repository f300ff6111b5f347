using Npgsql;
using NpgsqlTypes;

namespace Faultline.Bench.Throughput.Baseline;

/// <summary>Into the queue's table and a notification, in one round trip; the commit is the confirmation.</summary>
internal sealed class TableSender : IBaselineSender
{
    private const string Begin = "select pg_current_xact_id()"; // The transaction id comes before the row ids: see SafeCursor.
    private const string Send = "insert into queue (message_id, type, key, body) select * from unnest($1, $2, $3, $4)";
    private const string Notify = "select pg_notify('queue', '')";

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlBatch _send;

    /// <summary>Prepares to send what that batch holds at the time of each send.</summary>
    public TableSender(string broker, OutboxBatch batch)
    {
        _connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(broker) { Pooling = false }.ConnectionString);
        _send = new NpgsqlBatch(_connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Begin),
                new NpgsqlBatchCommand(Send)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<List<Guid>> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid, TypedValue = batch.MessageIds },
                        new NpgsqlParameter<List<string>> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, TypedValue = batch.Types },
                        new NpgsqlParameter<List<string>> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, TypedValue = batch.Keys },
                        new NpgsqlParameter<List<byte[]>> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, TypedValue = batch.Bodies },
                    },
                },
                new NpgsqlBatchCommand(Notify),
            },
        };
    }

    public async Task OpenAsync(CancellationToken stop)
    {
        await _connection.OpenAsync(stop);
        await _send.PrepareAsync(stop);
    }

    public Task SendAsync(OutboxBatch batch, CancellationToken stop) => _send.ExecuteNonQueryAsync(stop);

    public async ValueTask DisposeAsync()
    {
        await _send.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
