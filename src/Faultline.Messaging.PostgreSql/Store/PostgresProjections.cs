using System.Data.Common;
using Faultline.Messaging.Streams;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Store;

/// <summary>Offsets of projections in a service's PostgreSQL database, schema <c>faultline</c>, beside the projections' own rows. Thread-safe; disposes nothing that it was given.</summary>
/// <param name="database">The service's database.</param>
public sealed class PostgresProjections(NpgsqlDataSource database) : IProjectionStore
{
    // The row is locked to the commit: of two that move a projection, the second finds it moved.
    private const string Lock = "select 1 from faultline.projection where name = $1 and next_offset = $2 for update";
    private const string Insert = "insert into faultline.projection (name, next_offset) values ($1, -1) on conflict do nothing returning 1";
    private const string Note = "insert into faultline.projection_seen (projection, message_id) select $1, id from unnest($2::uuid[]) id on conflict do nothing returning message_id";

    /// <inheritdoc />
    public Task<long?> OffsetAsync(string projection, CancellationToken stop) => Failures.AsStoreAsync<long?>("reading the offset of a projection", async () =>
    {
        await using NpgsqlCommand command = database.CreateCommand("select next_offset from faultline.projection where name = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = projection });
        return await command.ExecuteScalarAsync(stop) as long?;
    });

    /// <inheritdoc />
    public Task<IProjectionUnit?> BeginAsync(string projection, long? expected, IReadOnlyList<Guid> ids, CancellationToken stop) => Failures.AsStoreAsync<IProjectionUnit?>("beginning to move a projection", async () =>
    {
        NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        NpgsqlTransaction? transaction = null;
        try
        {
            transaction = await connection.BeginTransactionAsync(stop);
            bool[]? isNew = await EnterAsync(transaction, projection, expected, ids, stop);
            if (isNew is not null) return new Unit(projection, connection, transaction, isNew);
        }
        catch
        {
            if (transaction is not null) await transaction.DisposeAsync();
            await connection.DisposeAsync(); // Opened here; nobody else would give it back.
            throw;
        }

        await transaction.DisposeAsync();
        await connection.DisposeAsync();
        return null;
    });

    /// <inheritdoc />
    public Task ClearAsync(Projection projection, CancellationToken stop) => Failures.AsStoreAsync("clearing a projection", async () =>
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        // Who moves it at this moment commits first, and finds it gone with its next step.
        await using (NpgsqlBatch batch = new(connection, transaction)
        {
            BatchCommands =
            {
                PostgresUnit.Command("delete from faultline.projection where name = $1", projection.Name),
                PostgresUnit.Command("delete from faultline.projection_seen where projection = $1", projection.Name),
            },
        })
        {
            await batch.ExecuteNonQueryAsync(stop);
        }

        await projection.ClearAsync(connection, transaction, stop);
        await transaction.CommitAsync(stop);
        return 0;
    });

    /// <inheritdoc />
    public Task<int> TrimAsync(TimeSpan kept, CancellationToken stop) => Failures.AsStoreAsync("removing old ids of projections", async () =>
    {
        await using NpgsqlCommand command = database.CreateCommand(
            "delete from faultline.projection_seen where ctid = any(array(select ctid from faultline.projection_seen where noted_at < clock_timestamp() - $1 limit 1000))");
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = kept });
        return await command.ExecuteNonQueryAsync(stop);
    });

    private static async Task<bool[]?> EnterAsync(NpgsqlTransaction transaction, string projection, long? expected, IReadOnlyList<Guid> ids, CancellationToken stop)
    {
        await using NpgsqlBatch batch = new(transaction.Connection!, transaction)
        {
            BatchCommands =
            {
                expected is { } at ? PostgresUnit.Command(Lock, projection, at) : PostgresUnit.Command(Insert, projection),
                PostgresUnit.Command(Note, projection, ids.ToArray()),
            },
        };
        await using NpgsqlDataReader rows = await batch.ExecuteReaderAsync(stop);
        if (!await rows.ReadAsync(stop)) return null;

        await rows.NextResultAsync(stop);
        HashSet<Guid> noted = [];
        while (await rows.ReadAsync(stop)) noted.Add(rows.GetGuid(0));
        // Of several events of one message in a batch, the first is the one.
        return [.. ids.Select(noted.Remove)];
    }

    private sealed class Unit(string projection, NpgsqlConnection connection, NpgsqlTransaction transaction, bool[] isNew) : IProjectionUnit
    {
        public IReadOnlyList<bool> IsNew => isNew;

        public DbConnection Connection => connection;

        public DbTransaction Transaction => transaction;

        public Task CommitAsync(long next, CancellationToken stop) => Failures.AsConnectionAsync("the commit of a projection", async () =>
        {
            await using NpgsqlCommand command = new("update faultline.projection set next_offset = $2, moved_at = clock_timestamp() where name = $1", connection, transaction);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = projection });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = next });
            await command.ExecuteNonQueryAsync(stop);
            await transaction.CommitAsync(stop);
        });

        public async ValueTask DisposeAsync()
        {
            try
            {
                await transaction.DisposeAsync();
            }
            catch (Exception error) when (Failures.IsConnectionFailure(error) || error is InvalidOperationException)
            {
                // The connection broke: the server undoes the transaction by itself.
            }

            await connection.DisposeAsync();
        }
    }
}
