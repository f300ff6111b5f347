using System.Collections.Immutable;
using System.Data;
using Faultline.Anomalies;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Control;

/// <summary>The control state of one service in its own database, schema <c>faultline</c>. All instances of the service share it.</summary>
/// <remarks>
/// It has connections of its own, few and opened when needed: a claim happens while the step that it interrupts holds a connection of the service's pool, and
/// with that pool exhausted by such steps a claim from the same pool would wait for them, and they for it.
/// </remarks>
public sealed class PostgresControlStore : IControlStore, IAsyncDisposable
{
    private const int ConnectionsMax = 4;
    private const int ConnectSeconds = 5;
    private const int CommandSeconds = 5;

    // Whoever wants to know what fired reads it within an experiment; a record of a month ago only fills the disk.
    private static readonly TimeSpan FiringsKept = TimeSpan.FromDays(30);

    private readonly NpgsqlDataSource _source;
    private readonly ClaimTransaction _claims;

    /// <summary>Opens the store; connects when first asked.</summary>
    /// <param name="connectionString">The database of the service. Pool size, time limits and application name in it are replaced.</param>
    public PostgresControlStore(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "faultline control",
            MinPoolSize = 0,
            MaxPoolSize = ConnectionsMax,
            Timeout = ConnectSeconds,
            CommandTimeout = CommandSeconds,
        };
        _source = NpgsqlDataSource.Create(settings);
        _claims = new ClaimTransaction(_source);
    }

    /// <inheritdoc />
    public async Task<ControlState?> LoadAsync(long knownVersion, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await _source.OpenConnectionAsync(stop);
        await using var versionOnly = new NpgsqlCommand("select version from faultline.control_version", connection);
        if ((long)(await versionOnly.ExecuteScalarAsync(stop))! == knownVersion) return null;

        // One snapshot for all three: a version with the anomalies of another one would never be corrected.
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);
        await using var all = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("select version from faultline.control_version"),
                new($"select {AnomalyRow.Columns} from faultline.anomaly order by place"),
                new("select name, is_on, changed_at from faultline.guard order by name"),
            },
        };
        await using NpgsqlDataReader reader = await all.ExecuteReaderAsync(stop);
        await reader.ReadAsync(stop);
        long version = reader.GetInt64(0);
        await reader.NextResultAsync(stop);
        ImmutableArray<Anomaly> anomalies = await reader.ReadAllAsync(AnomalyRow.Read, stop);
        await reader.NextResultAsync(stop);
        return new ControlState(version, anomalies, await reader.ReadAllAsync(ReadGuard, stop));
    }

    /// <inheritdoc />
    public Task<Placed> AddAsync(Anomaly anomaly, CancellationToken stop) => ChangeAsync(
        async (connection, transaction) =>
        {
            await using var expired = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands =
                {
                    new("delete from faultline.anomaly where expires_at <= $1") { Parameters = { new() { Value = anomaly.CreatedAt.ToUniversalTime() } } },
                    new("delete from faultline.firing where at < $1") { Parameters = { new() { Value = anomaly.CreatedAt.ToUniversalTime() - FiringsKept } } },
                },
            };
            await expired.ExecuteNonQueryAsync(stop);

            Anomaly? there = await FindAsync(connection, transaction, anomaly.Id, stop);
            if (there is not null) return (new Placed(AnomalyContent.IsSame(there, anomaly) ? PlaceResult.Unchanged : PlaceResult.Conflict, there), HasChanged: false);

            await using NpgsqlCommand insert = AnomalyRow.Insert(anomaly, connection, transaction);
            long place = (long)(await insert.ExecuteScalarAsync(stop))!;
            return (new Placed(PlaceResult.Added, anomaly with { Order = place, Matched = 0, Fired = 0, LastFiredAt = null }), HasChanged: true);
        },
        stop);

    /// <inheritdoc />
    public Task<bool> RemoveAsync(Guid id, CancellationToken stop) => ChangeAsync(
        async (connection, transaction) =>
        {
            await using var delete = new NpgsqlCommand("delete from faultline.anomaly where id = $1", connection, transaction) { Parameters = { new() { Value = id } } };
            bool wasThere = await delete.ExecuteNonQueryAsync(stop) > 0;
            return (wasThere, wasThere);
        },
        stop);

    /// <inheritdoc />
    public Task<int> ClearAsync(CancellationToken stop) => ChangeAsync(
        async (connection, transaction) =>
        {
            await using var delete = new NpgsqlCommand("delete from faultline.anomaly", connection, transaction);
            int removed = await delete.ExecuteNonQueryAsync(stop);
            return (removed, removed > 0);
        },
        stop);

    /// <inheritdoc />
    public Task<ClaimOutcome?> ClaimAsync(Claim claim, CancellationToken stop) => _claims.RunAsync(claim, stop);

    /// <inheritdoc />
    public async Task<ImmutableArray<Firing>> ListFiringsAsync(long after, int limit, CancellationToken stop)
    {
        await using NpgsqlCommand list = _source.CreateCommand($"select {FiringRow.Columns} from faultline.firing where id > $1 order by id limit $2");
        list.Parameters.Add(new() { Value = after });
        list.Parameters.Add(new() { Value = limit });
        await using NpgsqlDataReader reader = await list.ExecuteReaderAsync(stop);
        return await reader.ReadAllAsync(FiringRow.Read, stop);
    }

    /// <inheritdoc />
    public Task<GuardState> SetGuardAsync(string guard, bool on, DateTimeOffset at, CancellationToken stop) => ChangeAsync(
        async (connection, transaction) =>
        {
            const string Sql = "insert into faultline.guard (name, is_on, changed_at) values ($1, $2, $3) on conflict (name) do update set is_on = excluded.is_on, changed_at = excluded.changed_at";
            await using var set = new NpgsqlCommand(Sql, connection, transaction) { Parameters = { new() { Value = guard }, new() { Value = on }, new() { Value = at.ToUniversalTime() } } };
            await set.ExecuteNonQueryAsync(stop);
            return (new GuardState(string.Empty, guard, on, at), HasChanged: true);
        },
        stop);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static GuardState ReadGuard(NpgsqlDataReader reader) => new(string.Empty, reader.GetString(0), reader.GetBoolean(1), reader.GetFieldValue<DateTimeOffset>(2));

    private static async Task<Anomaly?> FindAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid id, CancellationToken stop)
    {
        await using var find = new NpgsqlCommand($"select {AnomalyRow.Columns} from faultline.anomaly where id = $1", connection, transaction) { Parameters = { new() { Value = id } } };
        await using NpgsqlDataReader reader = await find.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop) ? AnomalyRow.Read(reader) : null;
    }

    /// <summary>Makes one change: the version row is locked first, and raised at the end when something has changed.</summary>
    private async Task<T> ChangeAsync<T>(Func<NpgsqlConnection, NpgsqlTransaction, Task<(T Result, bool HasChanged)>> change, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await _source.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await using var take = new NpgsqlCommand("select version from faultline.control_version for update", connection, transaction);
        await take.ExecuteNonQueryAsync(stop);

        (T result, bool hasChanged) = await change(connection, transaction);

        if (hasChanged)
        {
            await using var raise = new NpgsqlCommand("update faultline.control_version set version = version + 1", connection, transaction);
            await raise.ExecuteNonQueryAsync(stop);
        }

        await transaction.CommitAsync(stop);
        return result;
    }
}
