namespace Faultline.Simulation.Worlds;

/// <summary>The clock of one process. Its timers go off in the process: not when it is dead, late when it is paused.</summary>
internal sealed class SimTime(SimContext context) : TimeProvider
{
    /// <summary>How far this machine's wall clock is from the true time.</summary>
    public TimeSpan Error { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => context.World.UtcNow + Error;

    public override long GetTimestamp() => context.World.Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimTimer(context, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class SimTimer(SimContext context, TimerCallback callback, object? state) : ITimer
    {
        private Alarm? _alarm;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _alarm?.Cancel();
            _period = period;
            _alarm = dueTime < TimeSpan.Zero ? null : context.World.After(dueTime, context, GoOff);
            return true;
        }

        public void Dispose()
        {
            _alarm?.Cancel();
            _period = TimeSpan.Zero;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void GoOff()
        {
            if (_period > TimeSpan.Zero) _alarm = context.World.After(_period, context, GoOff);
            callback(state);
        }
    }
}
