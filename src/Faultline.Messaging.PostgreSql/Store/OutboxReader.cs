using System.Globalization;
using Faultline.Messaging.Store;
using Npgsql;
using NpgsqlTypes;

namespace Faultline.Messaging.PostgreSql.Store;

/// <summary>Reads the outbox: rows above a position, and rows up to it that became visible since a snapshot.</summary>
internal static class OutboxReader
{
    // Each part has an order of its own, so that each goes by the one index that has no dead entries on its way.
    private static readonly string Sql =
        $"""
        (select id, false, {EnvelopeColumns.Names} from faultline.outbox where id > $1 order by id limit $2)
        union all
        (select id, true, {EnvelopeColumns.Names} from faultline.outbox where xact >= $3 and id <= $1 order by xact limit $2 + 1)
        union all
        (select id, true, {EnvelopeColumns.Names} from faultline.outbox where xact = any($4) and id <= $1 order by xact limit $2 + 1)
        """;

    /// <summary>Reads.</summary>
    /// <param name="connection">In no transaction.</param>
    /// <param name="read">From where.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task<OutboxPage> ReadAsync(NpgsqlConnection connection, OutboxRead read, CancellationToken stop)
    {
        // The snapshot is told first, so it is the older one: what the rows show beyond it is shown again by the next read, and nothing is left out.
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("select pg_current_snapshot()::text"),
                new(Sql)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<long> { TypedValue = read.After },
                        new NpgsqlParameter<int> { TypedValue = read.RowsMax },
                        new NpgsqlParameter<ulong> { TypedValue = read.Seen.End, NpgsqlDbType = NpgsqlDbType.Xid8 },
                        new NpgsqlParameter<ulong[]> { TypedValue = [.. read.Seen.Running], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Xid8 },
                    },
                },
            },
        };
        await using NpgsqlDataReader rows = await batch.ExecuteReaderAsync(stop);
        await rows.ReadAsync(stop);
        OutboxSnapshot seen = Parse(rows.GetString(0));
        await rows.NextResultAsync(stop);
        List<OutboxRow> above = [], late = [];
        while (await rows.ReadAsync(stop)) (rows.GetBoolean(1) ? late : above).Add(new OutboxRow(rows.GetInt64(0), EnvelopeColumns.Read(rows, 2)));
        return late.Count > read.RowsMax ? new OutboxPage([], null) : new OutboxPage([.. late.OrderBy(row => row.Id), .. above.Take(read.RowsMax - late.Count)], seen);
    }

    /// <summary>Reads the text form of <c>pg_snapshot</c>: <c>xmin:xmax:xip,xip</c>.</summary>
    private static OutboxSnapshot Parse(string text)
    {
        string[] parts = text.Split(':');
        return new OutboxSnapshot(Number(parts[1]), [.. parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Number)]);
    }

    private static ulong Number(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);
}
