using System.Text;
using Faultline.Protocol.Services;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Store;

/// <summary>What a person does with dead letters: look, replay, discard. Thread-safe.</summary>
/// <param name="database">The service's database.</param>
/// <param name="service">As <c>system/service</c>.</param>
/// <param name="partitions">Partitions of the service's queue.</param>
public sealed class DeadLetterDesk(NpgsqlDataSource database, string service, int partitions)
{
    /// <summary>Dead letters, newest first.</summary>
    /// <param name="limit">At most this many.</param>
    /// <param name="stop">Ends the reading.</param>
    public async Task<IReadOnlyList<DeadLetterView>> ListAsync(int limit, CancellationToken stop)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select id, coalesce(message_id, '00000000-0000-0000-0000-000000000000'), coalesce(type, ''), coalesce(version, 0), key, correlation_id, reason, attempts, history, at, coalesce(body, raw)
            from faultline.dead_letter where discarded_at is null order by id desc limit $1
            """);
        read.Parameters.Add(new NpgsqlParameter { Value = limit });
        await using NpgsqlDataReader rows = await read.ExecuteReaderAsync(stop);
        var letters = new List<DeadLetterView>();
        while (await rows.ReadAsync(stop))
        {
            letters.Add(new DeadLetterView
            {
                Id = rows.GetInt64(0),
                Service = service,
                MessageId = rows.GetGuid(1),
                Type = rows.GetString(2),
                Version = rows.GetInt32(3),
                Key = EnvelopeColumns.Text(rows, 4),
                OperationId = EnvelopeColumns.Text(rows, 5),
                Reason = rows.GetString(6),
                Attempts = rows.GetInt32(7),
                History = (string[])rows.GetValue(8),
                At = new DateTimeOffset(rows.GetDateTime(9), TimeSpan.Zero),
                Body = rows.IsDBNull(10) ? null : TextOf((byte[])rows.GetValue(10)),
            });
        }

        return letters;
    }

    /// <summary>
    /// Puts dead letters back: one that was consumed here goes among the parked rows, due now, and its inbox row goes, or it would be taken for handled; one that had no queue goes back to the outbox.
    /// One that cannot be read stays.
    /// </summary>
    /// <param name="ids">Which; empty for all.</param>
    /// <param name="stop">Gives up; nothing is half done.</param>
    /// <returns>How many were put back.</returns>
    public async Task<int> ReplayAsync(IReadOnlyList<long> ids, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        var messages = new List<Envelopes.Envelope>();
        var outgoing = new List<Envelopes.Envelope>();
        await using (var take = new NpgsqlCommand(
            $"delete from faultline.dead_letter where discarded_at is null and message_id is not null and (cardinality($1::bigint[]) = 0 or id = any($1)) returning outgoing, {EnvelopeColumns.Names}", connection, transaction))
        {
            take.Parameters.Add(new NpgsqlParameter { Value = ids.ToArray() });
            await using NpgsqlDataReader rows = await take.ExecuteReaderAsync(stop);
            while (await rows.ReadAsync(stop)) (rows.GetBoolean(0) ? outgoing : messages).Add(EnvelopeColumns.Read(rows, 1));
        }

        await using var put = new NpgsqlBatch(connection, transaction);
        if (messages.Count > 0)
        {
            put.BatchCommands.Add(PostgresUnit.Command("delete from faultline.inbox where message_id = any($1)", messages.Select(message => message.Id).ToArray()));
            var insert = new NpgsqlBatchCommand(
                $"insert into faultline.parked (partition, attempt, due_at, history, {EnvelopeColumns.Names}) select t.partition, 0, clock_timestamp(), array['replayed from the dead letters'], {EnvelopeColumns.Names} "
                + $"from {EnvelopeColumns.Unnest(2)} join unnest($1::int[]) with ordinality as t(partition, place) using (place) order by message_id on conflict (message_id) do nothing");
            insert.Parameters.Add(new NpgsqlParameter { Value = messages.Select(message => Envelopes.KeyHash.PartitionOf(message.Key, message.Id, partitions)).ToArray() });
            EnvelopeColumns.Add(insert.Parameters, messages);
            put.BatchCommands.Add(insert);
        }

        foreach (NpgsqlBatchCommand command in PostgresUnit.PublishOf(outgoing, [], audit: false, "")) put.BatchCommands.Add(command);
        if (put.BatchCommands.Count > 0) await put.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
        return messages.Count + outgoing.Count;
    }

    /// <summary>Gives a dead letter another body and puts it back. When the second half fails, the letter stays, with the body that it was given.</summary>
    /// <param name="id">Which.</param>
    /// <param name="body">The new body, as UTF-8 JSON.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>1, or 0 when there is no such dead letter, or none whose envelope can be read.</returns>
    public async Task<int> ReplayEditedAsync(long id, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        await using (NpgsqlCommand edit = database.CreateCommand("update faultline.dead_letter set body = $2, digest = $3 where id = $1 and discarded_at is null and message_id is not null"))
        {
            edit.Parameters.Add(new NpgsqlParameter { Value = id });
            edit.Parameters.Add(new NpgsqlParameter { Value = body.ToArray() });
            edit.Parameters.Add(new NpgsqlParameter { Value = Envelopes.BodyDigest.Of(body.Span) });
            if (await edit.ExecuteNonQueryAsync(stop) == 0) return 0;
        }

        return await ReplayAsync([id], stop);
    }

    /// <summary>Discards dead letters for good; the ledger keeps that they were.</summary>
    /// <param name="ids">Which; empty for all.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>How many were discarded.</returns>
    public async Task<int> DiscardAsync(IReadOnlyList<long> ids, CancellationToken stop)
    {
        await using NpgsqlCommand discard = database.CreateCommand(
            "update faultline.dead_letter set discarded_at = clock_timestamp(), body = null, raw = null where discarded_at is null and (cardinality($1::bigint[]) = 0 or id = any($1))");
        discard.Parameters.Add(new NpgsqlParameter { Value = ids.ToArray() });
        return await discard.ExecuteNonQueryAsync(stop);
    }

    private static string TextOf(byte[] body)
    {
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return Convert.ToBase64String(body);
        }
    }
}
