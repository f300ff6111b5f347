using Faultline.Bench.Throughput.Business;
using Faultline.Bench.Throughput.Measuring;
using Faultline.Bench.Throughput.Options;

namespace Faultline.Bench.Throughput.Contenders;

/// <summary>
/// One way to carry a message from a committed transaction of one service into a committed transaction of another, exactly once and in order per key.
/// The bench owns the business tables (see <see cref="BusinessTables"/>), the load, the clock and the judgement; a contender owns everything between.
/// </summary>
internal interface IContender
{
    /// <summary>What the user calls it.</summary>
    string Name { get; }

    /// <summary>Creates its own tables in the three databases, which exist and are empty but for the business tables. Runs in the bench's process, unmeasured.</summary>
    Task PrepareAsync(Servers servers, CancellationToken stop);

    /// <summary>Opens the producing side, in a process of its own: connected and prepared, the relay not yet running.</summary>
    Task<IProducerSide> OpenProducerAsync(RoleSetup setup, CancellationToken stop);

    /// <summary>Opens the consuming side, in a process of its own: connected, prepared and consuming.</summary>
    /// <param name="setup">Where and how.</param>
    /// <param name="deliveries">To be told of every message after its effect was committed.</param>
    /// <param name="stop">Ends the start.</param>
    Task<IConsumerSide> OpenConsumerAsync(RoleSetup setup, DeliveryLog deliveries, CancellationToken stop);

    /// <summary>Whether nothing is under way any more: outbox empty and every message of the queue acknowledged. Polled by the bench; must be cheap.</summary>
    Task<bool> IsDrainedAsync(Servers servers, CancellationToken stop);
}

/// <summary>The producing side of a contender: business transactions and the relay.</summary>
internal interface IProducerSide : IAsyncDisposable
{
    /// <summary>One transaction: the business row and the message. Returns when it is committed. A producer makes one call at a time; different producers call at once.</summary>
    /// <param name="producer">From 0.</param>
    /// <param name="order">The business row, and what the message says.</param>
    /// <param name="stop">Ends the wait.</param>
    ValueTask CommitAsync(int producer, OrderPlaced order, CancellationToken stop);

    /// <summary>Starts the relay. It runs until the side is disposed.</summary>
    /// <param name="stop">Ends the start.</param>
    Task StartRelayAsync(CancellationToken stop);

    /// <summary>Completes never, or fails when a part in the background failed.</summary>
    Task Failure { get; }
}

/// <summary>The consuming side of a contender. It runs until it is disposed.</summary>
internal interface IConsumerSide : IAsyncDisposable
{
    /// <summary>Completes never, or fails when a part in the background failed.</summary>
    Task Failure { get; }
}

/// <summary>What a role process is started with.</summary>
/// <param name="Contender">Its name.</param>
/// <param name="Servers">Where the databases are.</param>
/// <param name="Producers">How many producers at once.</param>
/// <param name="Keys">How many ordering keys.</param>
/// <param name="Generation">Tells the keys of this producer process from those of the one before it.</param>
/// <param name="Tuning">What the contenders may be tuned by.</param>
internal sealed record RoleSetup(string Contender, Servers Servers, int Producers, int Keys, int Generation, Tuning Tuning);
