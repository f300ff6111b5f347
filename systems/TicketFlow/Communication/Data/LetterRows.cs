using System.Text.Json;
using Faultline.Messaging.Publishing;
using Npgsql;
using NpgsqlTypes;
using TicketFlow.Communication.Contracts;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Communication.Data;

/// <summary>The letters in the database.</summary>
internal static class LetterRows
{
    /// <summary>Stores a letter.</summary>
    /// <returns>False when it is there already: that it was asked for again is counted, and no more.</returns>
    public static async Task<bool> AddAsync(UnitOfWork unit, Letter letter, CancellationToken stop)
    {
        await using var add = new NpgsqlCommand(
            """
            insert into letter as l (id, kind, ticket_id, text_id, recipients, subject, text, author, at, stored_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            on conflict (id) do update set times = l.times + 1
            returning times
            """, (NpgsqlConnection)unit.Connection, (NpgsqlTransaction?)unit.Transaction)
        {
            Parameters =
            {
                new() { Value = letter.Id }, new() { Value = WordOf(letter.Kind) }, new NpgsqlParameter<Guid?> { TypedValue = letter.TicketId }, new NpgsqlParameter<Guid?> { TypedValue = letter.TextId },
                new() { Value = JsonSerializer.Serialize(letter.Recipients), NpgsqlDbType = NpgsqlDbType.Jsonb }, new() { Value = letter.Subject }, new() { Value = letter.Text },
                new NpgsqlParameter<string?> { TypedValue = letter.Author }, new() { Value = letter.At.UtcDateTime }, new() { Value = letter.StoredAt.UtcDateTime },
            },
        };
        return (int)(await add.ExecuteScalarAsync(stop))! == 1;
    }

    /// <summary>Reads a letter, outside of any unit; null when there is none.</summary>
    public static async Task<Letter?> FindAsync(NpgsqlDataSource database, string id, CancellationToken stop)
    {
        await using NpgsqlCommand find = database.CreateCommand(
            """
            select kind, ticket_id, text_id, recipients, subject, text, author, at, stored_at, tries, reached, refused, coalesce(sent_at, given_up_at) is not null
            from letter where id = $1
            """);
        find.Parameters.Add(new NpgsqlParameter { Value = id });
        await using NpgsqlDataReader row = await find.ExecuteReaderAsync(stop);
        return await row.ReadAsync(stop) ? Read(id, row) : null;
    }

    /// <summary>Notes an attempt: for whom it is done, what went wrong, and whether this was the last one.</summary>
    public static NpgsqlBatchCommand NoteOf(Letter before, IReadOnlyList<string> reached, IReadOnlyList<string> refused, string? error, DateTimeOffset? sentAt, DateTimeOffset? givenUpAt) =>
        new("update letter set tries = tries + 1, reached = reached || $2, refused = refused || $3, error = $4, sent_at = coalesce(sent_at, $5), given_up_at = coalesce(given_up_at, $6) where id = $1")
        {
            Parameters =
            {
                new() { Value = before.Id }, new() { Value = reached.ToArray() }, new() { Value = refused.ToArray() }, new NpgsqlParameter<string?> { TypedValue = error },
                new NpgsqlParameter<DateTime?> { TypedValue = sentAt?.UtcDateTime }, new NpgsqlParameter<DateTime?> { TypedValue = givenUpAt?.UtcDateTime },
            },
        };

    private static Letter Read(string id, NpgsqlDataReader row) => new()
    {
        Id = id,
        Kind = Enum.Parse<LetterKind>(row.GetString(0), ignoreCase: true),
        TicketId = row.IsDBNull(1) ? null : row.GetGuid(1),
        TextId = row.IsDBNull(2) ? null : row.GetGuid(2),
        Recipients = JsonSerializer.Deserialize<List<Contact>>(row.GetString(3))!,
        Subject = row.GetString(4),
        Text = row.GetString(5),
        Author = row.IsDBNull(6) ? null : row.GetString(6),
        At = row.GetFieldValue<DateTimeOffset>(7),
        StoredAt = row.GetFieldValue<DateTimeOffset>(8),
        Tries = row.GetInt32(9),
        Reached = row.GetFieldValue<string[]>(10),
        Refused = row.GetFieldValue<string[]>(11),
        IsSettled = row.GetBoolean(12),
    };

    private static string WordOf(LetterKind kind) => kind.ToString().ToLowerInvariant();
}
