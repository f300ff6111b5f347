using Faultline.Messaging.Publishing;
using Npgsql;

namespace TicketFlow.Samples;

/// <summary>Which sample inquiries are gone: what is still on its way about one of them is about nothing, and no failure. Each service that keeps them has a table of these.</summary>
internal static class RemovedSamples
{
    /// <summary>Whether an inquiry was a sample that is removed.</summary>
    public static async Task<bool> HasAsync(UnitOfWork unit, Guid id, CancellationToken stop)
    {
        await using var find = new NpgsqlCommand("select exists (select from removed_sample where id = $1)", (NpgsqlConnection)unit.Connection, (NpgsqlTransaction?)unit.Transaction) { Parameters = { new() { Value = id } } };
        return (bool)(await find.ExecuteScalarAsync(stop))!;
    }

    /// <summary>Removes rows of an inquiry by statements with its id as <c>$1</c>, and remembers that it is gone.</summary>
    public static void Remove(UnitOfWork unit, Guid id, params IEnumerable<string> statements)
    {
        foreach (string statement in statements.Append("insert into removed_sample (id) values ($1) on conflict (id) do nothing"))
        {
            unit.Defer(new NpgsqlBatchCommand(statement) { Parameters = { new() { Value = id } } });
        }
    }
}
