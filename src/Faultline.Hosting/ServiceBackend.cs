using Faultline.Anomalies;
using Faultline.Messaging.Store;
using Faultline.Messaging.Streams;
using Faultline.Messaging.Transport;
using Faultline.Protocol.Ledger;
using Faultline.Protocol.Services;

namespace Faultline.Hosting;

/// <summary>What the composition gives to a service: store, broker and what is read from them. A service names none of it.</summary>
public sealed record ServiceBackend : IAsyncDisposable
{
    /// <summary>The messaging store.</summary>
    public required IMessageStore Store { get; init; }

    /// <summary>The election among the instances of the service.</summary>
    public required ILeaderElection Election { get; init; }

    /// <summary>The broker.</summary>
    public required ITransport Transport { get; init; }

    /// <summary>Where the projections of the service keep their offsets; null when it can have none.</summary>
    public IProjectionStore? Projections { get; init; }

    /// <summary>The control state.</summary>
    public required IControlStore Control { get; init; }

    /// <summary>Tells the leader in another process that there is work.</summary>
    public required Action TellLeader { get; init; }

    /// <summary>What the database states about messages after a position of the audit; 0 for everything.</summary>
    public required Func<long, CancellationToken, IAsyncEnumerable<LedgerRow>> Ledger { get; init; }

    /// <summary>How much is under way in the database.</summary>
    public required Func<CancellationToken, Task<MessagingState>> State { get; init; }

    /// <summary>Dead letters, newest first, at most so many.</summary>
    public required Func<int, CancellationToken, Task<IReadOnlyList<DeadLetterView>>> DeadLetters { get; init; }

    /// <summary>Puts dead letters back; none named means all.</summary>
    public required Func<IReadOnlyList<long>, CancellationToken, Task<int>> Replay { get; init; }

    /// <summary>Puts one dead letter back with another body; 0 when there is none that can be read.</summary>
    public required Func<long, ReadOnlyMemory<byte>, CancellationToken, Task<int>> ReplayEdited { get; init; }

    /// <summary>Discards dead letters; none named means all.</summary>
    public required Func<IReadOnlyList<long>, CancellationToken, Task<int>> Discard { get; init; }

    /// <summary>Loops of the backend that run as long as the service.</summary>
    public IReadOnlyList<Func<CancellationToken, Task>> Loops { get; init; } = [];

    /// <summary>Connections to the service's database, for its own reading.</summary>
    public required Npgsql.NpgsqlDataSource Database { get; init; }

    /// <summary>Connections to the same database for whoever judges the service: they go round links that may be cut.</summary>
    public required Npgsql.NpgsqlDataSource Watch { get; init; }

    /// <summary>How much stands in the service's queue, as whoever judges the service sees it.</summary>
    public required Func<CancellationToken, Task<QueueDepth>> Depth { get; init; }

    /// <summary>How much is under way in the database and in the queue, together.</summary>
    /// <param name="stop">Ends the reading.</param>
    public async Task<MessagingState> ReadStateAsync(CancellationToken stop)
    {
        MessagingState state = await State(stop);
        QueueDepth depth = await Depth(stop);
        return state with { Queue = depth.Messages, QueueOldestSeconds = depth.Messages > 0 ? Math.Round(depth.OldestAge.TotalSeconds, 1) : null };
    }

    /// <summary>Closes what the backend opened.</summary>
    public required Func<ValueTask> Close { get; init; }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Close();
}
