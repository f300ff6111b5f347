using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Store;
using Faultline.Simulation.Worlds;

namespace Faultline.Simulation.Databases;

/// <summary>One business transaction as the process sees it.</summary>
internal sealed class SimUnit(Database database, Session session, string instance, Wire wire) : IStoreUnit
{
    private readonly SimConnection _connection = new();

    public DbConnection Connection => _connection.Of(this);

    public DbTransaction? Transaction => null;

    public void Defer(DbBatchCommand command) => throw new NotSupportedException("business rows of a simulation are written with WriteAsync");

    /// <summary>Writes a business row.</summary>
    public Task WriteAsync(Effect effect, CancellationToken stop) => StatementAsync("write", tx =>
    {
        tx.Write();
        tx.OnCommit(() => database.Effects.Add(effect));
        return Task.FromResult(0);
    }, stop, problem => new SimDatabaseException(problem));

    public Task<bool[]> EnterAsync(InboxEntry entry, CancellationToken stop) => StatementAsync("enter", async tx =>
    {
        foreach (int partition in entry.Epochs.Keys.Order()) await database.Locks.TakeAsync(tx, "partition", partition, exclusive: false);
        int[] gone = [.. entry.Epochs.Where(pair => database.Owners.GetValueOrDefault(pair.Key).Epoch != pair.Value).Select(pair => pair.Key)];
        if (gone.Length > 0) throw new FencedException(gone);

        tx.OnCommit(() => database.RequireOwner(instance, entry.Messages));
        bool[] isNew = new bool[entry.Messages.Count];
        Tx inbox = database.Plant.InboxCommitsAlone ? new Tx(database) : tx;
        for (int index = 0; index < isNew.Length; index++)
        {
            Guid id = entry.Messages[index].Id;
            isNew[index] = !entry.Deduplicate || await database.Inbox.TryInsertAsync(inbox, id, () => database.World.Now)
                || (database.Plant.HandlesDuplicatesInBatch && entry.Messages.Take(index).Any(message => message.Id == id));
        }

        if (inbox != tx) inbox.End(commit: true);
        return isNew;
    }, stop, problem => new StoreException(problem));

    public Task FlushAsync(UnitFlush flush, CancellationToken stop) => StatementAsync("flush", async tx =>
    {
        foreach (string name in flush.Cancelled) await CancelAsync(tx, name);
        await database.PublishAsync(tx, flush.Outbox, flush.Audited, instance);
        foreach (ScheduledMessage scheduled in flush.Scheduled) await ScheduleAsync(tx, scheduled);
        foreach (Guid settled in flush.Settled) tx.OnCommit(() => database.Unpark(settled));
        return 0;
    }, stop, problem => new StoreException(problem));

    public async Task CommitAsync(CancellationToken stop)
    {
        try
        {
            await wire.CallAsync("commit", () =>
            {
                database.Commit(session);
                return Task.FromResult(0);
            }, problem => Broken(new StoreException(problem)), stop);
        }
        catch (SessionOverException error)
        {
            throw Broken(new StoreException("the commit failed: the session is over", error));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!session.IsOver && _connection.State == ConnectionState.Open)
        {
            await wire.CallAsync("dispose", () =>
            {
                session.End();
                return Task.FromResult(0);
            }, broken: null, CancellationToken.None);
        }

        _connection.Lose();
    }

    private async Task ScheduleAsync(Tx tx, ScheduledMessage scheduled)
    {
        if (scheduled.Name is { } name)
        {
            await CancelAsync(tx, name);
            if (!database.ScheduleNames.Contains(name) && !await database.ScheduleNames.TryInsertAsync(tx, name, () => database.World.Now)) throw new SimDatabaseException("duplicate key value");
        }

        tx.Write();
        tx.OnCommit(() => database.Scheduled.Add(scheduled));
        tx.OnCommit(() => database.Schedule[scheduled.Message.Id] = (new ScheduledRow(scheduled.Message, scheduled.DueAt), scheduled.Name));
        tx.OnUndo(() => database.Undone.Add(scheduled.Message.Id));
    }

    private async Task CancelAsync(Tx tx, string name)
    {
        foreach (Guid id in database.Schedule.Where(pair => pair.Value.Name == name).Select(pair => pair.Key).Order().ToArray())
        {
            await database.Locks.TakeAsync(tx, $"row {id}", 0, exclusive: true);
            tx.OnCommit(() =>
            {
                if (database.Schedule.ContainsKey(id)) database.Cancelled.Add(id);
                database.Unschedule(id);
            });
        }
    }

    private async Task<T> StatementAsync<T>(string what, Func<Tx, Task<T>> statement, CancellationToken stop, Func<string, Exception> broken)
    {
        try
        {
            return await wire.CallAsync(what, () => database.RunAsync(session, statement), problem => Broken(broken(problem)), stop);
        }
        catch (SessionOverException)
        {
            throw Broken(broken($"{what}: the session is over"));
        }
    }

    /// <summary>The connection is lost on this side; the server notices by itself.</summary>
    private Exception Broken(Exception error)
    {
        _connection.Lose();
        database.World.After(wire.Latency(), database.World.Server, session.End);
        return error;
    }
}

/// <summary>What a handler finds as its connection: state, and a way to write business rows.</summary>
internal sealed class SimConnection : DbConnection
{
    private ConnectionState _state = ConnectionState.Open;
    private SimUnit? _unit;

    [AllowNull]
    public override string ConnectionString { get; set; } = string.Empty;

    public override string Database => string.Empty;

    public override string DataSource => string.Empty;

    public override string ServerVersion => string.Empty;

    public override ConnectionState State => _state;

    public SimConnection Of(SimUnit unit)
    {
        _unit = unit;
        return this;
    }

    public void Lose() => _state = ConnectionState.Broken;

    public Task WriteAsync(Effect effect, CancellationToken stop) => _unit!.WriteAsync(effect, stop);

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public override void Close() => throw new NotSupportedException();

    public override void Open() => throw new NotSupportedException();

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

    protected override DbCommand CreateDbCommand() => throw new NotSupportedException();
}
