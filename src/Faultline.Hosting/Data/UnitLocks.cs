using Faultline.Messaging.Publishing;
using Npgsql;

namespace Faultline.Hosting.Data;

/// <summary>Locks of a unit of work.</summary>
public static class UnitLocks
{
    /// <summary>
    /// Waits until no other unit of this service holds the same name, and holds it until the commit: for work that first looks and then decides, such as "create it unless it is there". Per-key order makes this
    /// needless for messages of one publisher; messages of two publishers about one thing have no order between them.
    /// </summary>
    /// <param name="unit">The unit of work.</param>
    /// <param name="name">What the unit is about. Two names may share a lock; that costs a wait, no more.</param>
    /// <param name="stop">Ends the wait.</param>
    public static async Task LockAsync(this UnitOfWork unit, string name, CancellationToken stop)
    {
        await using var take = new NpgsqlCommand("select pg_advisory_xact_lock(7304, hashtext($1))", (NpgsqlConnection)unit.Connection, (NpgsqlTransaction?)unit.Transaction)
        {
            Parameters = { new() { Value = name } },
        };
        await take.ExecuteNonQueryAsync(stop);
    }
}
