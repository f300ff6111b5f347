using Faultline.Triggers;

namespace Faultline.Simulation.Worlds;

/// <summary>Something that happens at a time, unless it is cancelled before.</summary>
internal sealed class Alarm(SimContext context, Action work)
{
    public SimContext Context { get; } = context;

    public Action? Work { get; private set; } = work;

    public void Cancel() => Work = null;
}

/// <summary>
/// A world of its own: its clock, and everything that runs in it, one step after the other, in an order that the dice draw. The same seed gives the same steps.
/// Belongs to the thread that made it, or that adopted it last.
/// </summary>
internal sealed class World
{
    public static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const long StepsMax = 200_000;

    private readonly List<(SimContext Context, SendOrPostCallback Work, object? State)> _ready = [];
    private readonly PriorityQueue<Alarm, (long At, long Order)> _alarms = new();
    private int _thread = Environment.CurrentManagedThreadId;
    private long _order;

    public World(Seed seed)
    {
        Dice = seed.For("world", "steps");
        Server = new SimContext(this, "servers");
    }

    /// <summary>Draws the order of steps, latencies and losses.</summary>
    public Dice Dice { get; }

    /// <summary>Where databases and brokers run: they neither die nor pause.</summary>
    public SimContext Server { get; }

    /// <summary>Time since the beginning.</summary>
    public TimeSpan Now { get; private set; }

    public DateTimeOffset UtcNow => Beginning + Now;

    /// <summary>A number that stands for everything that happened: two runs that differ anywhere differ here.</summary>
    public ulong Trace { get; private set; } = 14695981039346656037;

    public long Steps { get; private set; }

    /// <summary>Whether so much happened that nothing else will: a loop without a pause.</summary>
    public bool IsBusyForEver => Steps > StepsMax;

    /// <summary>Where something left this world for another thread; null when nothing did.</summary>
    public string? Escape { get; private set; }

    /// <summary>What happens is told here, when somebody wants to read it.</summary>
    public Action<string>? Tell { get; init; }

    /// <summary>From now on the world belongs to this thread: for whoever drives it between waits of his own.</summary>
    public void Adopt() => _thread = Environment.CurrentManagedThreadId;

    public void Post(SimContext context, SendOrPostCallback work, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            Escape ??= Environment.StackTrace;
            return;
        }

        if (context.IsDead) return;
        if (context.IsPaused) context.Held.Add((work, state));
        else _ready.Add((context, work, state));
    }

    public Alarm After(TimeSpan delay, SimContext context, Action work)
    {
        var alarm = new Alarm(context, work);
        if (delay <= TimeSpan.Zero) Post(context, RunAlarm, alarm);
        else _alarms.Enqueue(alarm, ((Now + delay).Ticks, _order++));
        return alarm;
    }

    public void Mix(string happened)
    {
        ulong hash = Trace;
        foreach (char letter in happened) hash = (hash ^ letter) * 1099511628211;
        Trace = (hash ^ (ulong)Now.Ticks) * 1099511628211;
        Tell?.Invoke($"{Now.TotalSeconds,9:F4} {happened}");
    }

    /// <summary>Runs until a condition holds or a time has come.</summary>
    /// <returns>Whether the condition holds.</returns>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        try
        {
            while (Escape is null && !IsBusyForEver)
            {
                if (_ready.Count == 0)
                {
                    if (condition()) return true;
                    if (!Advance(limit)) return condition();
                    continue;
                }

                RunOne();
            }

            return false;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private bool Advance(TimeSpan limit)
    {
        while (_alarms.TryPeek(out Alarm? alarm, out (long At, long Order) due))
        {
            if (alarm.Work is null)
            {
                _alarms.Dequeue();
                continue;
            }

            if (due.At > limit.Ticks) break;
            Now = new TimeSpan(due.At);
            // All that is due now competes.
            while (_alarms.TryPeek(out alarm, out (long At, long Order) next) && next.At == due.At)
            {
                _alarms.Dequeue();
                Post(alarm.Context, RunAlarm, alarm);
            }

            return true;
        }

        Now = limit;
        return false;
    }

    private void RunOne()
    {
        int index = Dice.Below(_ready.Count);
        (SimContext context, SendOrPostCallback work, object? state) = _ready[index];
        _ready[index] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        if (context.IsDead) return;
        if (context.IsPaused)
        {
            context.Held.Add((work, state));
            return;
        }

        Steps++;
        SynchronizationContext.SetSynchronizationContext(context);
        work(state);
    }

    private static void RunAlarm(object? state) => ((Alarm)state!).Work?.Invoke();
}
