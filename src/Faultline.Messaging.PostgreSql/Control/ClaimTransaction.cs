using System.Collections.Immutable;
using Faultline.Anomalies;
using Faultline.Protocol.Faults;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Control;

/// <summary>The one transaction of a claim: lock the counters, decide, record, commit.</summary>
internal sealed class ClaimTransaction(NpgsqlDataSource source)
{
    // Taken by every transaction that writes firings: so they commit in the order of their ids, and a reader that goes on after the last id misses none.
    private const long FiringsLock = 0x4661756C744669;

    public async Task<ClaimOutcome?> RunAsync(Claim claim, CancellationToken stop)
    {
        ClaimOutcome? outcome = null;
        try
        {
            await using NpgsqlConnection connection = await source.OpenConnectionAsync(stop);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
            if (await LockAsync(claim, connection, transaction, stop) is not { } before) return null;

            outcome = await RecordAsync(claim, claim.Decide(before, await HitsAsync(claim, connection, transaction, stop)), connection, transaction, stop);
            await transaction.CommitAsync(stop);
            return outcome;
        }
        catch (Exception error) when (error is NpgsqlException or IOException or OperationCanceledException && outcome is { Firings.IsEmpty: false })
        {
            // The commit was asked for and nobody answered. A record without its fault would be a false firing, so look whether it is there.
            // The token may be what ended the commit; the pool's own limits end this look.
            if (await IsRecordedAsync(claim, CancellationToken.None)) return outcome;

            throw;
        }
    }

    /// <summary>Locks the row of the anomaly; null when it is gone, or when another one took its id.</summary>
    private static async Task<ClaimCounters?> LockAsync(Claim claim, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken stop)
    {
        const string Sql = "select matched, fired from faultline.anomaly where place = $1 and id = $2 for update";
        await using var select = new NpgsqlCommand(Sql, connection, transaction) { Parameters = { new() { Value = claim.AnomalyOrder }, new() { Value = claim.AnomalyId } } };
        await using NpgsqlDataReader reader = await select.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop) ? new ClaimCounters(reader.GetInt64(0), reader.GetInt64(1)) : null;
    }

    private static async Task<Dictionary<HitSubject, int>> HitsAsync(Claim claim, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken stop)
    {
        var hits = new Dictionary<HitSubject, int>();
        if (claim.AskedOperations is not { Count: > 0 } asked) return hits;

        const string Sql =
            """
            select coalesce(operation_id, message_id::text), message_type, count(*)::integer from faultline.firing
            where anomaly_id = $1 and coalesce(operation_id, message_id::text) = any($2) group by 1, 2
            """;
        await using var select = new NpgsqlCommand(Sql, connection, transaction) { Parameters = { new() { Value = claim.AnomalyId }, new() { Value = asked.ToArray() } } };
        await using NpgsqlDataReader reader = await select.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop)) hits[new HitSubject(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1))] = reader.GetInt32(2);
        return hits;
    }

    private static async Task<ClaimOutcome> RecordAsync(Claim claim, ClaimOutcome outcome, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("update faultline.anomaly set matched = $2, fired = $3, last_fired_at = case when $4 then $5 else last_fired_at end where place = $1")
                {
                    Parameters =
                    {
                        new() { Value = claim.AnomalyOrder },
                        new() { Value = outcome.Counters.Matched },
                        new() { Value = outcome.Counters.Fired },
                        new() { Value = !outcome.Firings.IsEmpty },
                        new() { Value = claim.At.ToUniversalTime() },
                    },
                },
            },
        };
        if (outcome.Firings.IsEmpty)
        {
            await batch.ExecuteNonQueryAsync(stop);
            return outcome;
        }

        batch.BatchCommands.Add(new("select pg_advisory_xact_lock($1)") { Parameters = { new() { Value = FiringsLock } } });
        batch.BatchCommands.Add(FiringRow.Insert(claim.Id, outcome.Firings));
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(stop);
        await reader.NextResultAsync(stop); // The first one is the lock.
        ImmutableArray<long> ids = await reader.ReadAllAsync(row => row.GetInt64(0), stop);
        return outcome with { Firings = [.. outcome.Firings.Zip(ids, (firing, id) => firing with { Id = id })] };
    }

    private async Task<bool> IsRecordedAsync(Claim claim, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);

        // Waits for the transaction in doubt, should the server still be at it: it holds this lock.
        await LockAsync(claim, connection, transaction, stop);
        await using var find = new NpgsqlCommand("select exists (select from faultline.firing where claim_id = $1)", connection, transaction) { Parameters = { new() { Value = claim.Id } } };
        return (bool)(await find.ExecuteScalarAsync(stop))!;
    }
}
