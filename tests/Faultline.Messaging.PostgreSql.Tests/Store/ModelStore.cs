using Faultline.Messaging.Store;
using Faultline.Simulation.Databases;
using Faultline.Simulation.Plants;
using Faultline.Simulation.Worlds;
using Faultline.Triggers;

namespace Faultline.Messaging.PostgreSql.Tests.Store;

/// <summary>The simulation's model of the store, driven from a test: each call runs its world until the answer is there or it is clear that none comes yet.</summary>
internal sealed class ModelStore
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly World _world;
    private readonly SimContext _context;

    public ModelStore(Seed seed)
    {
        _world = new World(seed);
        _context = new SimContext(_world, "one");
        var wire = new Wire(_context, "db", new Weather { Slow = 0 });
        Database = new Database(_world, "model", partitions: 4, Plant.None) { RequiresOwner = false };
        Election = new SimElection(Database, "one", wire, new SimTime(_context));
        Store = new SimStore(Database, "one", "one", wire, Election);
    }

    public Database Database { get; }

    public SimElection Election { get; }

    public IMessageStore Store { get; }

    /// <summary>Asks, and lets the world go on until it answers or stands still.</summary>
    public Task<T> Ask<T>(Func<Task<T>> ask)
    {
        _world.Adopt();
        var answer = new TaskCompletionSource<T>();
        _context.Run(() => _ = ForwardAsync(ask, answer));
        _world.RunUntil(() => answer.Task.IsCompleted, _world.Now + Patience);
        return answer.Task;
    }

    /// <summary>Lets the world go on: something that was waited for may have ended.</summary>
    public void GoOn()
    {
        _world.Adopt();
        _world.RunUntil(static () => false, _world.Now + Patience);
    }

    private static async Task ForwardAsync<T>(Func<Task<T>> ask, TaskCompletionSource<T> answer)
    {
        try
        {
            answer.SetResult(await ask());
        }
        catch (Exception error)
        {
            answer.SetException(error);
        }
    }
}
