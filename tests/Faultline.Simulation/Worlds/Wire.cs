namespace Faultline.Simulation.Worlds;

/// <summary>How bad the way to a server is now.</summary>
internal sealed class Weather
{
    /// <summary>The chance that a call breaks: half of those never arrive, of the others the answer is lost.</summary>
    public double Loss { get; set; }

    /// <summary>The chance that a call takes long.</summary>
    public double Slow { get; set; } = 0.01;
}

/// <summary>The way from one process to a server. Calls of a dead process are never answered; what is under way may still arrive.</summary>
internal sealed class Wire(SimContext caller, string name, Weather weather)
{
    private World World => caller.World;

    /// <summary>Whether the process at this end is dead.</summary>
    public bool IsCut => caller.IsDead;

    /// <summary>Asks a server.</summary>
    /// <param name="what">For the trace.</param>
    /// <param name="serve">What the server does.</param>
    /// <param name="broken">The exception that says that the outcome is unknown; null when the call cannot break.</param>
    /// <param name="stop">Ends the wait, not the work.</param>
    public Task<T> CallAsync<T>(string what, Func<Task<T>> serve, Func<string, Exception>? broken, CancellationToken stop)
    {
        var reply = new TaskCompletionSource<T>();
        if (caller.IsDead) return reply.Task;
        if (stop.IsCancellationRequested) return Task.FromCanceled<T>(stop);

        World.Mix($"{caller.Name} {name} {what}");
        double fate = broken is null ? 1 : World.Dice.Fraction();
        bool isLost = fate < weather.Loss / 2;
        bool isUnanswered = !isLost && fate < weather.Loss;
        World.After(Latency(), World.Server, () => _ = ServeAsync(what, isLost, isUnanswered, serve, broken, reply));
        return stop.CanBeCanceled ? reply.Task.WaitAsync(stop) : reply.Task;
    }

    /// <summary>How long something takes from one end to the other.</summary>
    public TimeSpan Latency()
    {
        double fate = World.Dice.Fraction();
        return fate < weather.Slow ? TimeSpan.FromMilliseconds(World.Dice.Between(20, 400))
            : fate < 0.6 ? TimeSpan.Zero
            : TimeSpan.FromTicks(World.Dice.Between(100, fate < 0.9 ? 20_000 : 150_000));
    }

    private async Task ServeAsync<T>(string what, bool isLost, bool isUnanswered, Func<Task<T>> serve, Func<string, Exception>? broken, TaskCompletionSource<T> reply)
    {
        try
        {
            if (isLost) throw broken!($"{what}: the connection broke");
            T result = await serve();
            if (isUnanswered) throw broken!($"{what}: the connection broke before the answer");
            World.After(Latency(), caller, () => reply.TrySetResult(result));
        }
        catch (Exception error)
        {
            World.Mix($"{caller.Name} {name} {what}: {error.GetType().Name}");
            World.After(Latency(), caller, () => reply.TrySetException(error));
        }
    }
}
