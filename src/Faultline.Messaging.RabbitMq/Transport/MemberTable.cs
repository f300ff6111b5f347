namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>
/// Who consumes a service's queues, as far as this member knows, and what follows for its share. Pure memory. It may be behind the truth: then partitions move once more than they had to, and never
/// have two owners, because the baton decides that.
/// </summary>
/// <param name="self">This member.</param>
/// <param name="partitions">How many there are.</param>
internal sealed class MemberTable(string self, int partitions)
{
    private readonly Dictionary<string, HashSet<int>> _owned = new(StringComparer.Ordinal) { [self] = [] };

    /// <summary>The other members.</summary>
    public IReadOnlyCollection<string> Others => [.. _owned.Keys.Where(member => member != self)];

    /// <summary>Takes what a member told of itself.</summary>
    public void Take(MemberState state)
    {
        if (state.Id == self) return;

        if (state.Leaves) _owned.Remove(state.Id);
        else _owned[state.Id] = [.. state.Owned];
    }

    /// <summary>Forgets a member.</summary>
    public void Remove(string member) => _owned.Remove(member);

    /// <summary>Notes what this member keeps.</summary>
    public void Keep(IEnumerable<int> kept) => _owned[self] = [.. kept];

    /// <summary>Another member that is believed to have a partition; null when there is none.</summary>
    public string? OtherOwnerOf(int partition) => _owned.FirstOrDefault(entry => entry.Key != self && entry.Value.Contains(partition)).Key;

    /// <summary>Forgets that another member has a partition: its baton came here.</summary>
    public void Took(int partition)
    {
        foreach ((string member, HashSet<int> owned) in _owned)
        {
            if (member != self) owned.Remove(partition);
        }
    }

    /// <summary>The other members that have less than their share.</summary>
    public IReadOnlyList<string> Short => [.. _owned.Where(entry => entry.Key != self && entry.Value.Count < ShareOf(entry.Key)).Select(entry => entry.Key)];

    /// <summary>How many partitions are this member's share.</summary>
    public int Share => ShareOf(self);

    // Whoever has most keeps the odd ones: the fewest partitions move.
    private int ShareOf(string member)
    {
        int rank = _owned.OrderByDescending(entry => entry.Value.Count).ThenBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Key).ToList().IndexOf(member);
        return (partitions / _owned.Count) + (rank < partitions % _owned.Count ? 1 : 0);
    }
}
