namespace Faultline.Simulation.Databases;

/// <summary>A unique index: an insert of a value that another open transaction has inserted waits for the end of that one.</summary>
internal sealed class UniqueIndex<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, TimeSpan> _committed = [];
    private readonly Dictionary<TKey, Tx> _pending = [];

    public int Count => _committed.Count;

    public IEnumerable<TKey> Keys => _committed.Keys;

    public bool Contains(TKey key) => _committed.ContainsKey(key);

    /// <returns>Whether it is inserted; false when it was there.</returns>
    public async Task<bool> TryInsertAsync(Tx tx, TKey key, Func<TimeSpan> now)
    {
        while (true)
        {
            if (_committed.ContainsKey(key)) return false;
            if (!_pending.TryGetValue(key, out Tx? other)) break;
            if (other == tx) return false;
            await tx.WaitForAsync(other);
        }

        tx.Write();
        _pending.Add(key, tx);
        tx.OnCommit(() => _committed[key] = now());
        tx.OnEnd(() => _pending.Remove(key));
        return true;
    }

    public void Remove(TKey key) => _committed.Remove(key);

    public int RemoveOlder(TimeSpan than)
    {
        TKey[] old = [.. _committed.Where(pair => pair.Value < than).Select(pair => pair.Key)];
        foreach (TKey key in old) _committed.Remove(key);
        return old.Length;
    }
}
