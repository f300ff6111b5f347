namespace Faultline.Simulation.Databases;

/// <summary>Advisory locks that live as long as a transaction, shared or exclusive, granted in the order of asking.</summary>
internal sealed class Locks
{
    private readonly Dictionary<(string Kind, int Number), Lock> _locks = [];

    private sealed record Waiter(Tx Tx, bool Exclusive, TaskCompletionSource Granted);

    private sealed class Lock
    {
        public List<(Tx Tx, bool Exclusive)> Holders { get; } = [];

        public List<Waiter> Queue { get; } = [];

        public bool CanHave(bool exclusive) => exclusive ? Holders.Count == 0 : Holders.TrueForAll(holder => !holder.Exclusive);
    }

    public async Task TakeAsync(Tx tx, string kind, int number, bool exclusive)
    {
        if (!_locks.TryGetValue((kind, number), out Lock? entry)) _locks.Add((kind, number), entry = new Lock());
        if (entry.Holders.Exists(holder => holder.Tx == tx)) return;
        if (entry.Queue.Count == 0 && entry.CanHave(exclusive))
        {
            Grant(entry, tx, exclusive);
            return;
        }

        var waiter = new Waiter(tx, exclusive, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        entry.Queue.Add(waiter);
        await tx.WaitAsync(waiter.Granted, () =>
        {
            if (entry.Queue.Remove(waiter)) Pump(entry);
        });
    }

    private static void Grant(Lock entry, Tx tx, bool exclusive)
    {
        entry.Holders.Add((tx, exclusive));
        tx.OnEnd(() =>
        {
            entry.Holders.RemoveAll(holder => holder.Tx == tx);
            Pump(entry);
        });
    }

    private static void Pump(Lock entry)
    {
        while (entry.Queue.Count > 0 && entry.CanHave(entry.Queue[0].Exclusive))
        {
            Waiter next = entry.Queue[0];
            entry.Queue.RemoveAt(0);
            Grant(entry, next.Tx, next.Exclusive);
            next.Granted.TrySetResult();
        }
    }
}
