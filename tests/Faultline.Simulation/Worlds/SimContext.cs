namespace Faultline.Simulation.Worlds;

/// <summary>Where the code of one process runs. A dead one runs nothing any more; a paused one keeps what is to run.</summary>
internal sealed class SimContext(World world, string name) : SynchronizationContext
{
    public World World { get; } = world;

    public string Name { get; } = name;

    public bool IsDead { get; private set; }

    public bool IsPaused { get; private set; }

    /// <summary>What waits for the end of a pause.</summary>
    public List<(SendOrPostCallback Work, object? State)> Held { get; } = [];

    public void Die()
    {
        IsDead = true;
        Held.Clear();
    }

    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        foreach ((SendOrPostCallback work, object? state) in Held) World.Post(this, work, state);
        Held.Clear();
    }

    public void Run(Action work) => World.Post(this, static state => ((Action)state!)(), work);

    public override void Post(SendOrPostCallback d, object? state) => World.Post(this, d, state);

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("nothing may block in a simulation");

    public override SynchronizationContext CreateCopy() => this;
}
