using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Store;
using Faultline.TestSupport;
using Faultline.Triggers;

namespace Faultline.Messaging.PostgreSql.Tests.Store;

/// <summary>A random history of operations, done to the model and to PostgreSQL side by side; every answer must be the same, a wait included.</summary>
internal sealed class History(Dice dice, ModelStore model, IMessageStore real, Action<string> tell)
{
    private const int UnitsMax = 3;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(60);

    private readonly List<Pair> _units = [];
    private readonly List<Pending> _pending = [];
    private readonly Envelope[] _pool = [.. Enumerable.Range(0, 8).Select(number => MessageOf(dice, number))];
    private readonly Dictionary<int, long> _epochs = [];
    private readonly Dictionary<IMessageStore, OutboxSnapshot> _seen = [];
    private long _readUpTo;
    private int _names;

    /// <summary>One transaction in both.</summary>
    private sealed record Pair(IStoreUnit Model, IStoreUnit Real)
    {
        public int Stage { get; set; }

        /// <summary>What its flush takes out of the parked rows: until it ends the database holds these rows locked, which the model does not know.</summary>
        public Guid[] Settled { get; set; } = [];
    }

    private sealed record Pending(string What, Pair? Unit, Task<string> Model, Task<string> Real, Action? Then);

    private static CancellationToken None => CancellationToken.None;

    public async Task RunAsync(int operations)
    {
        for (int count = 0; count < operations; count++)
        {
            if (_pending.Count > 0 && dice.Chance(0.5)) await EndUnitAsync();
            else await StepAsync(dice.Below(17));
        }

        while (_units.Count > 0 || _pending.Count > 0) await EndUnitAsync();
        await CompareAllAsync();
    }

    private Task StepAsync(int kind) => kind switch
    {
        0 or 1 => BeginAsync(),
        2 or 3 => EnterAsync(),
        4 or 5 => FlushAsync(),
        6 => EndUnitAsync(),
        7 => TakeAsync(),
        8 => ParkAsync(),
        9 => BothAsync("dead letter", null, (store, letter) => Done(store.DeadLetterAsync(letter, None)), new DeadLetterRequest(One(), default, "why", 3, ["one"], 0)),
        10 => BothAsync("repark", null, (store, row) => Done(store.ReparkAsync(row, None)), new ParkedRow(0, 1, One(), dice.Below(9), Due(), ["again"])),
        11 => BothAsync("begin alone", null, async (store, ask) => $"{await store.BeginAloneAsync(ask.Id, ask.Survived, None)}", (One().Id, Survived: dice.Below(2))),
        12 => BothAsync("end alone", null, (store, id) => Done(store.EndAloneAsync(id, None)), One().Id),
        13 => BothAsync("forget parked", null, (store, id) => Done(store.ForgetParkedAsync(id, None)), One().Id),
        14 => FireAsync(),
        15 => DeleteAsync(),
        _ => ReadAsync(),
    };

    private Task ParkAsync()
    {
        ParkRequest[] rows = [.. Some(3).Select(message => new ParkRequest(message.Key is null ? 1 : 2, message, dice.Below(3), Due(), dice.Chance(0.5) ? "why" : null))];
        return BothAsync("park", null, (store, parts) => Done(store.ParkAsync(parts, None)), rows);
    }

    private async Task BeginAsync()
    {
        if (_units.Count >= UnitsMax) return;
        IStoreUnit modelled = await model.Ask(() => model.Store.BeginAsync(transactional: true, None).AsTask());
        _units.Add(new Pair(modelled, await real.BeginAsync(transactional: true, None)));
    }

    private async Task EnterAsync()
    {
        if (Free(stage: 0) is not { } unit) return;
        unit.Stage = 1;
        var epochs = _epochs.Where(_ => dice.Chance(0.5)).ToDictionary(pair => pair.Key, pair => dice.Chance(0.85) ? pair.Value : pair.Value - 1);
        // PostgreSQL says "fenced" only after the whole batch, so after a wait for the inbox; the model says it at once. Both say it: here without such a wait.
        bool isCurrent = epochs.All(pair => _epochs[pair.Key] == pair.Value);
        var entry = new InboxEntry(Some(3), epochs, isCurrent && dice.Chance(0.9));
        tell($"unit {_units.IndexOf(unit)} enters with epochs {string.Join(",", epochs)}, inbox {entry.Deduplicate}: {string.Join(" ", entry.Messages.Select(message => message.Id))}");
        await BothUnitAsync("enter", unit, async (one, stop) => string.Join(",", await one.EnterAsync(entry, stop)));
    }

    private async Task FlushAsync()
    {
        if (Free(stage: 1) is not { } unit) return;
        unit.Stage = 2;
        ScheduledMessage[] scheduled = dice.Chance(0.4) ? [new ScheduledMessage(Fresh(), Due(), dice.Chance(0.5) ? $"name-{dice.Below(2)}" : $"only-{_names++}")] : [];
        string[] cancelled = dice.Chance(0.3) ? [$"name-{dice.Below(2)}"] : [];
        unit.Settled = [.. Some(2).Select(message => message.Id)];
        var flush = new UnitFlush([.. Enumerable.Range(0, dice.Below(3)).Select(_ => Fresh())], [], scheduled, cancelled, [], unit.Settled);
        await BothUnitAsync("flush", unit, (one, stop) => Done(one.FlushAsync(flush, stop)));
    }

    private async Task EndUnitAsync()
    {
        Pair? unit = _units.Find(unit => !_pending.Exists(pending => pending.Unit == unit));
        if (unit is null)
        {
            await SettleAsync();
            return;
        }

        tell($"unit {_units.IndexOf(unit)} of {_units.Count} ends");
        if (dice.Chance(0.75)) await BothUnitAsync("commit", unit, (one, stop) => Done(one.CommitAsync(stop)));
        else tell("rollback");
        await CloseAsync(unit);
        await SettleAsync();
    }

    private async Task CloseAsync(Pair unit)
    {
        _units.Remove(unit);
        await model.Ask(() => Done(unit.Model.DisposeAsync().AsTask()));
        await unit.Real.DisposeAsync();
    }

    private Task TakeAsync()
    {
        if (_pending.Exists(pending => pending.What == "take")) return Task.CompletedTask;
        int[] partitions = [.. Enumerable.Range(0, 3).Where(_ => dice.Chance(0.5))];
        if (partitions.Length == 0) return Task.CompletedTask;
        return BothAsync("take", null, async (store, wanted) =>
        {
            Ownership ownership = await store.TakePartitionsAsync(wanted, "one", None);
            return $"{string.Join(",", ownership.Epochs.OrderBy(pair => pair.Key))} {Lanes(ownership.Parked)}";
        }, partitions, () => { foreach (int partition in partitions) _epochs[partition] = _epochs.GetValueOrDefault(partition) + 1; });
    }

    private Task FireAsync()
    {
        // While an open transaction may cancel the same rows, who is first is nobody's business.
        if (_units.Exists(unit => unit.Stage == 2)) return Task.CompletedTask;
        Envelope[] due = [.. model.Database.Schedule.Values.Select(waiting => waiting.Row.Message).OrderBy(message => message.Id).Where(_ => dice.Chance(0.6))];
        return BothAsync("fire", null, (store, fire) => Done(store.FireScheduledAsync(fire, None)), new ScheduleFire(due, [.. due.Take(dice.Below(2))], []));
    }

    private Task DeleteAsync()
    {
        long[] ids = [.. model.Database.Outbox.Keys.Where(_ => dice.Chance(0.4))];
        return dice.Chance(0.7)
            ? BothAsync("delete", null, (store, gone) => Done(store.DeleteOutboxAsync(gone, None)), ids)
            : BothAsync("dead-letter outbox", null, (store, rows) => Done(store.DeadLetterOutboxAsync(rows, "unroutable", None)), model.Database.Outbox.Values.Take(1).ToArray());
    }

    private Task ReadAsync()
    {
        (long after, int rowsMax) = (dice.Chance(0.3) ? dice.Below(20) : _readUpTo, dice.Between(1, 10));
        return BothAsync("read", null, (store, what) => DescribeAsync(store, what.after, what.rowsMax), (after, rowsMax));
    }

    /// <summary>Each store tells what it has seen in transaction numbers of its own.</summary>
    private async Task<string> DescribeAsync(IMessageStore store, long after, int rowsMax)
    {
        OutboxPage page = await store.ReadOutboxAsync(new OutboxRead(after, after == 0 ? OutboxSnapshot.Nothing : _seen.GetValueOrDefault(store, OutboxSnapshot.Nothing), rowsMax), None);
        _seen[store] = page.Seen ?? OutboxSnapshot.Nothing;
        if (store == real) _readUpTo = page.Seen is null ? 0 : page.Rows.Select(row => row.Id).Append(after).Max();
        IReadOnlyList<ScheduledRow> schedule = await store.ReadScheduleAsync(100, None);
        IReadOnlyList<ParkedLane> lanes = await store.ReadLanesAsync([0, 1, 2, 3], None);
        string parked = "";
        foreach (ParkedLane lane in lanes.OrderBy(lane => lane.Partition).ThenBy(lane => $"{lane.Key}{lane.MessageId}", StringComparer.Ordinal))
        {
            IReadOnlyList<ParkedRow> rows = await store.ReadParkedAsync(lane, 10, None);
            parked += $"[{string.Join(" ", rows.Select(row => $"{row.Message.Id}/{row.Partition}/{row.Attempt}/{row.DueAt:O}/{string.Join("+", row.History)}"))}]";
        }

        return $"outbox{(page.Seen is null ? " too many late" : "")} {string.Join(" ", page.Rows.Select(row => $"{row.Id}={row.Message.Id}/{row.Message.Key}"))}; schedule {string.Join(" ", schedule.Select(row => $"{row.Message.Id}@{row.DueAt:O}"))}; lanes {Lanes(lanes)}; parked {parked}";
    }

    private async Task CompareAllAsync()
    {
        string modelled = await model.Ask(() => DescribeAsync(model.Store, 0, 1_000));
        string found = await DescribeAsync(real, 0, 1_000);
        found.ShouldBe(modelled, "the end of the history");
    }

    private Task BothAsync<TAsk>(string what, Pair? unit, Func<IMessageStore, TAsk, Task<string>> ask, TAsk with, Action? then = null) =>
        CompareAsync(what, unit, () => ask(model.Store, with), () => ask(real, with), then);

    private Task BothUnitAsync(string what, Pair unit, Func<IStoreUnit, CancellationToken, Task<string>> ask) => CompareAsync(what, unit, () => ask(unit.Model, None), () => ask(unit.Real, None), then: null);

    private async Task CompareAsync(string what, Pair? unit, Func<Task<string>> modelled, Func<Task<string>> found, Action? then)
    {
        var pending = new Pending(what, unit, model.Ask(() => OutcomeAsync(modelled)), OutcomeAsync(found), then);
        if (pending.Model.IsCompleted)
        {
            await FinishAsync(pending);
            return;
        }

        tell($"{what}: waits");
        _pending.Add(pending);
        await Task.WhenAny(pending.Real, Task.Delay(Glance, TimeProvider.System));
        pending.Real.IsCompleted.ShouldBeFalse($"{what} waits in the model and not in PostgreSQL");
    }

    /// <summary>Something ended: what waited for it goes on in both.</summary>
    private async Task SettleAsync()
    {
        model.GoOn();
        foreach (Pending pending in _pending.Where(pending => pending.Model.IsCompleted).ToArray())
        {
            _pending.Remove(pending);
            await FinishAsync(pending);
        }
    }

    private async Task FinishAsync(Pending pending)
    {
        string modelled = await pending.Model;
        await pending.Real.EndsAsync();
        string found = await pending.Real;
        tell($"{pending.What}: {modelled}");
        found.ShouldBe(modelled, pending.What);
        if (modelled.StartsWith("failed", StringComparison.Ordinal))
        {
            if (pending.Unit is not null && _units.Contains(pending.Unit)) await CloseAsync(pending.Unit);
            return;
        }

        pending.Then?.Invoke();
    }

    private async Task<string> OutcomeAsync(Func<Task<string>> ask)
    {
        try
        {
            return await ask();
        }
        catch (FencedException fenced)
        {
            return $"failed: fenced {string.Join(",", fenced.Partitions.Order())}";
        }
        catch (Exception error) when (error is System.Data.Common.DbException or StoreException)
        {
            tell($"refused: {error.Message}");
            return "failed: refused";
        }
    }

    private static async Task<string> Done(Task task)
    {
        await task;
        return "done";
    }

    private static string Lanes(IReadOnlyList<ParkedLane> lanes) =>
        string.Join(" ", lanes.Select(lane => $"{lane.Partition}/{lane.Key}/{lane.MessageId}/{lane.DueAt:O}").Order(StringComparer.Ordinal));

    private Pair? Free(int stage) => _units.Find(unit => unit.Stage <= stage && !_pending.Exists(pending => pending.Unit == unit));

    private Envelope One() => dice.Pick([.. _pool.Where(message => !_units.Exists(unit => unit.Settled.Contains(message.Id)))]);

    private Envelope[] Some(int most) => [.. Enumerable.Range(0, dice.Between(1, most)).Select(_ => One()).Distinct()];

    private Envelope Fresh() => MessageOf(dice, dice.Below(3));

    private DateTimeOffset Due() => Start + TimeSpan.FromSeconds(dice.Below(100));

    private static Envelope MessageOf(Dice dice, int number)
    {
        byte[] body = [(byte)number, 1, 2];
        return new Envelope
        {
            Id = new Guid((uint)dice.Next(), (ushort)dice.Next(), (ushort)dice.Next(), 1, 2, 3, 4, 5, 6, 7, (byte)number),
            Type = "test.thing",
            Version = 1,
            Key = number % 3 == 0 ? null : $"key-{number % 3}",
            Publisher = "test/one",
            Time = Start,
            Digest = BodyDigest.Of(body),
            Body = body,
        };
    }
}
