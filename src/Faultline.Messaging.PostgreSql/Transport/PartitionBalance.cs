namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>What one session should do now about its share of the partitions.</summary>
/// <param name="Take">Free partitions to take.</param>
/// <param name="Revoke">Partitions of its own to give up.</param>
internal sealed record BalanceDecision(IReadOnlyList<int> Take, IReadOnlyList<int> Revoke);

/// <summary>
/// Spreads the partitions of a queue over its live sessions. Each session decides only about itself: it takes free partitions up to its share, and gives up what it
/// has above it. All see the same rows, so the shares add up; nobody can be given what he does not know of. Pure.
/// </summary>
internal static class PartitionBalance
{
    /// <summary>Decides for one session.</summary>
    /// <param name="self">The session.</param>
    /// <param name="live">All live sessions of the queue, this one included.</param>
    /// <param name="owners">The owner of each partition, by number; an owner that is not alive counts as none.</param>
    /// <param name="revoking">Partitions of this session that it is giving up already.</param>
    public static BalanceDecision Decide(int self, IReadOnlyCollection<int> live, IReadOnlyList<int?> owners, IReadOnlySet<int> revoking)
    {
        Must.Hold(live.Contains(self));
        Dictionary<int, int> held = live.ToDictionary(session => session, session => owners.Count(owner => owner == session));

        // Whoever has most keeps the odd ones: the fewest partitions move.
        int rank = live.OrderByDescending(session => held[session]).ThenBy(session => session).ToList().IndexOf(self);
        int share = (owners.Count / live.Count) + (rank < owners.Count % live.Count ? 1 : 0);

        List<int> kept = [.. Enumerable.Range(0, owners.Count).Where(partition => owners[partition] == self && !revoking.Contains(partition))];
        if (kept.Count > share) return new BalanceDecision([], kept[share..]);

        IEnumerable<int> free = Enumerable.Range(0, owners.Count).Where(partition => owners[partition] is not { } owner || !held.ContainsKey(owner));
        return new BalanceDecision([.. free.Take(share - kept.Count)], []);
    }
}
