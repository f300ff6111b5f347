using System.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>
/// A life at the broker: one connection, used by one loop. It holds an advisory lock for as long as it lives, so whoever can take that lock knows that nothing of this session is
/// under way any more. Everything that must not happen after the session's end (handing out, claiming) therefore runs on this connection. Not thread-safe.
/// </summary>
internal sealed class QueueSession : IAsyncDisposable
{
    // Statements of a session read by index what is at the front; the planner, who may have seen an empty table, is not asked.
    // Nothing that a session writes must survive a crash of the server: a lost settlement is a redelivery.
    private const string Settings =
        "set synchronous_commit = off; set jit = off; set enable_seqscan = off; set enable_bitmapscan = off; set enable_hashjoin = off; set enable_mergejoin = off";

    private readonly PostgreSqlTransportOptions _options;
    private readonly ILogger _log;
    private bool _wasHeard;

    private QueueSession(NpgsqlConnection connection, PostgreSqlTransportOptions options, ILogger log)
    {
        (Connection, _options, _log) = (connection, options, log);
        connection.Notification += Heard;
    }

    /// <summary>The connection; only the session's loop may use it.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Never used twice in a database.</summary>
    public int Id { get; private set; }

    /// <summary>Opens a connection and takes the lock.</summary>
    public static async Task<QueueSession> OpenAsync(NpgsqlDataSource source, PostgreSqlTransportOptions options, ILogger log, CancellationToken stop)
    {
        QueueSession session = new(await source.OpenConnectionAsync(stop), options, log);
        try
        {
            await session.ExecuteAsync(Settings);
            await using NpgsqlCommand command = session.Command(
                "with drawn as materialized (select nextval('faultline_queue.session_id')::integer as id) select id, pg_try_advisory_lock($1, id) from drawn", LockKeys.Session);
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
            await reader.ReadAsync(stop);
            session.Id = reader.GetInt32(0);
            return session;
        }
        catch
        {
            await session.DisposeAsync(); // The connection was opened here; nobody else would give it back.
            throw;
        }
    }

    /// <summary>Listens to the queue on the session's own connection, for a session that has nothing to do but wait.</summary>
    public Task ListenAsync(int queue) => ExecuteAsync($"listen {QueueSignals.Channel(queue)}");

    /// <summary>Writes the session's row. From here on the others see it.</summary>
    public async Task JoinAsync(int queue, string instance)
    {
        await using NpgsqlCommand command = Command(
            "insert into faultline_queue.session (id, queue_id, instance, pid, expires_at) values ($1, $2, $3, pg_backend_pid(), clock_timestamp() + $4)",
            Id, queue, instance, _options.LeaseDuration);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A command with positional parameters. It may take less than the lease: after that the session is over anyway.</summary>
    public NpgsqlCommand Command(string sql, params ReadOnlySpan<object> parameters)
    {
        NpgsqlCommand command = new(sql, Connection) { CommandTimeout = TimeoutSeconds };
        foreach (object parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return command;
    }

    /// <summary>An empty batch with the same limit.</summary>
    public NpgsqlBatch Batch() => new(Connection) { Timeout = TimeoutSeconds };

    /// <summary>Runs a statement without parameters.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using NpgsqlCommand command = Command(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Waits for a signal of other sessions, or for a time to pass; what was heard since the last call counts.</summary>
    public async Task WaitAsync(TimeSpan limit, CancellationToken stop)
    {
        Task<bool> heard = _wasHeard ? Task.FromResult(true) : Connection.WaitAsync((int)limit.TotalMilliseconds, stop);
        // Interrupting a wait leaves the connection as it was; any other failure is the session's end.
        await ((Task)heard).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (heard.IsFaulted) await heard;
        _wasHeard = false;
    }

    /// <summary>Begins a transaction in which each statement sees what was committed before it, whatever the server's default is.</summary>
    public Task BeginAsync() => ExecuteAsync("begin isolation level read committed");

    /// <summary>Ends the session. A pooled connection outlives it: the lock, the listening and the settings are undone, or the connection is closed for good.</summary>
    public async ValueTask DisposeAsync()
    {
        Connection.Notification -= Heard;
        try
        {
            if (Connection.FullState == ConnectionState.Open) await ExecuteAsync("rollback; unlisten *; reset all; select pg_advisory_unlock_all()");
        }
        catch (Exception error) when (TransportFailures.IsBroker(error) || error is InvalidOperationException)
        {
            QueueLog.CloseFailed(_log, Id, TransportFailures.Describe(error));
            NpgsqlConnection.ClearPool(Connection);
        }

        await Connection.DisposeAsync();
    }

    private int TimeoutSeconds => Math.Max(1, (int)(_options.LeaseDuration - TimeSpan.FromSeconds(1)).TotalSeconds);

    private void Heard(object sender, NpgsqlNotificationEventArgs signal) => _wasHeard |= signal.PID != Connection.ProcessID;
}
