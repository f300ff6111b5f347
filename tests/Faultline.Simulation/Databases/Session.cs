using System.Data.Common;
using Faultline.Simulation.Worlds;

namespace Faultline.Simulation.Databases;

/// <summary>What the modelled database answers when it refuses a statement.</summary>
internal sealed class SimDatabaseException(string message) : DbException(message);

/// <summary>What a statement meets whose session is gone.</summary>
internal sealed class SessionOverException() : Exception("the session is over");

/// <summary>One session of the database, and its open transaction.</summary>
internal sealed class Session(Database database, string owner)
{
    public string Owner { get; } = owner;

    public bool IsOver { get; private set; }

    public Tx? Open { get; set; }

    /// <summary>When the last statement of the transaction ended; null while one runs.</summary>
    public TimeSpan? IdleSince { get; set; }

    /// <summary>Ends the session, and undoes its transaction.</summary>
    public void End()
    {
        if (IsOver) return;
        IsOver = true;
        Open?.End(commit: false);
        Open = null;
        database.Forget(this);
    }
}

/// <summary>One transaction: what it wrote is seen when it commits; what it locks is free when it ends.</summary>
internal sealed class Tx(Database database)
{
    /// <summary>How long a lock is waited for before the wait is taken for a deadlock.</summary>
    private static readonly TimeSpan DeadlockAfter = TimeSpan.FromSeconds(8);

    private readonly List<Action> _commits = [];
    private readonly List<Action> _undos = [];
    private readonly List<Action> _ends = [];
    private readonly List<TaskCompletionSource> _waiters = [];
    private (TaskCompletionSource Granted, Action GiveUp)? _wait;

    /// <summary>Its id; 0 while it has written nothing.</summary>
    public ulong Id { get; private set; }

    public bool IsOver { get; private set; }

    public void OnCommit(Action apply) => _commits.Add(apply);

    public void OnUndo(Action undone) => _undos.Add(undone);

    public void OnEnd(Action release) => _ends.Add(release);

    /// <summary>Gives the transaction its id, as its first write does.</summary>
    public void Write()
    {
        if (Id == 0) Id = database.BeginWriting();
    }

    public void End(bool commit)
    {
        if (IsOver) return;
        IsOver = true;
        if (_wait is { } wait)
        {
            wait.GiveUp();
            wait.Granted.TrySetException(new SessionOverException());
        }

        foreach (Action apply in commit ? _commits : _undos) apply();
        if (Id != 0) database.EndWriting(Id);
        foreach (Action release in _ends) release();
        foreach (TaskCompletionSource waiter in _waiters) waiter.TrySetResult();
    }

    /// <summary>Waits for the end of another transaction.</summary>
    public async Task WaitForAsync(Tx other)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        other._waiters.Add(ended);
        await WaitAsync(ended, () => other._waiters.Remove(ended));
    }

    /// <summary>Waits for a lock.</summary>
    public async Task WaitAsync(TaskCompletionSource granted, Action giveUp)
    {
        _wait = (granted, giveUp);
        Alarm limit = database.World.After(DeadlockAfter, database.World.Server, () =>
        {
            giveUp();
            granted.TrySetException(new SimDatabaseException("deadlock detected"));
        });
        try
        {
            await granted.Task;
        }
        finally
        {
            _wait = null;
            limit.Cancel();
        }

        if (IsOver) throw new SessionOverException();
    }
}
