using System.Text.Json;
using Faultline.Protocol.Services;
using Faultline.Verification.Histories;
using Faultline.Verification.Ledger;

namespace Faultline.Verification.Checkers;

/// <summary>A row of state as a service reports it, for a system's own checkers.</summary>
/// <param name="Name">What kind of row, for example <c>tickets</c>.</param>
/// <param name="OperationId">The operation that it goes back to, where known: it decides which cell the row belongs to.</param>
/// <param name="Value">The row.</param>
public sealed record SystemFact(string Name, string? OperationId, JsonElement Value);

/// <summary>One change of state of one thing.</summary>
/// <param name="Subject">The thing, for example a ticket's id.</param>
/// <param name="Version">Rises with each change.</param>
/// <param name="From">The state before; null for the creation.</param>
/// <param name="Event">What happened.</param>
/// <param name="To">The state after.</param>
/// <param name="At">When, UTC.</param>
/// <param name="OperationId">The operation that it goes back to, where known.</param>
public sealed record StateEvent(string Subject, long Version, string? From, string Event, string To, DateTimeOffset At, string? OperationId);

/// <summary>How the drain went.</summary>
/// <param name="Drained">Whether everything that can empty was empty in time.</param>
/// <param name="Took">How long.</param>
/// <param name="Limit">How long it was given.</param>
/// <param name="States">The last reading of every service.</param>
public sealed record DrainResult(bool Drained, TimeSpan Took, TimeSpan Limit, IReadOnlyList<MessagingState> States);

/// <summary>One look at whether the system has come to rest in the state that it should have.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Apart">What still differs, in words; null when nothing does.</param>
/// <param name="OperationId">An operation that shows it, where known.</param>
public sealed record ConvergenceSample(DateTimeOffset At, string? Apart, string? OperationId = null);

/// <summary>How often a fault of the cell met something and acted.</summary>
/// <param name="Name">Its name in the schedule.</param>
/// <param name="Matched">How many messages, requests or connections came by that it is for.</param>
/// <param name="Fired">How often it acted.</param>
public sealed record FaultCount(string Name, long Matched, long Fired);

/// <summary>Everything a checker may look at. Guard states are not in it, on purpose: a rule holds or it does not.</summary>
public sealed record CheckContext
{
    /// <summary>The operations of the cell.</summary>
    public required History History { get; init; }

    /// <summary>The account of the cell.</summary>
    public required MessageLedger Ledger { get; init; }

    /// <summary>The parameters of this checker in the experiment.</summary>
    public IReadOnlyDictionary<string, JsonElement> Parameters { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>What the services report about their state, for a system's own checkers.</summary>
    public IReadOnlyList<SystemFact> Facts { get; init; } = [];

    /// <summary>Changes of state, for <c>legal-transitions</c>.</summary>
    public IReadOnlyList<StateEvent> StateEvents { get; init; } = [];

    /// <summary>How the drain went; null when there was none.</summary>
    public DrainResult? Drain { get; init; }

    /// <summary>The state of every service when it became quiet; null when it was not read.</summary>
    public IReadOnlyList<MessagingState>? Quiet { get; init; }

    /// <summary>The state of every service a while later.</summary>
    public IReadOnlyList<MessagingState>? StillQuiet { get; init; }

    /// <summary>When the last fault was removed.</summary>
    public DateTimeOffset? HealedAt { get; init; }

    /// <summary>Looks at the state after the faults were removed; null when nobody looked.</summary>
    public IReadOnlyList<ConvergenceSample>? Convergence { get; init; }

    /// <summary>Faults that were still there after the heal, in words; null when nobody looked.</summary>
    public IReadOnlyList<string>? LeftoverFaults { get; init; }

    /// <summary>What the faults of the schedule met: a fault on a link counts what passes there.</summary>
    public IReadOnlyList<FaultCount> Faults { get; init; } = [];

    /// <summary>The facts of one name.</summary>
    /// <param name="name">See <see cref="SystemFact.Name"/>.</param>
    public IEnumerable<SystemFact> FactsOf(string name) => Facts.Where(fact => fact.Name == name);
}
