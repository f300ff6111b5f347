using System.Collections.Immutable;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;

namespace Faultline.Anomalies;

/// <summary>The control state of one service at one version.</summary>
/// <param name="Version">Rises with every change to anomalies or guards; counters and firings do not change it.</param>
/// <param name="Anomalies">What is set, in creation order, counters as of the reading.</param>
/// <param name="Guards">Guards that were ever switched; the others are on.</param>
public sealed record ControlState(long Version, ImmutableArray<Anomaly> Anomalies, ImmutableArray<GuardState> Guards);

/// <summary>How placing an anomaly ended.</summary>
public enum PlaceResult
{
    /// <summary>It is set now.</summary>
    Added,

    /// <summary>The same anomaly with the same id was there already.</summary>
    Unchanged,

    /// <summary>Another anomaly with this id is there; nothing was changed.</summary>
    Conflict,
}

/// <summary>The result of placing an anomaly, with the one that is there now.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Anomaly">The anomaly of that id as it is in the store.</param>
public sealed record Placed(PlaceResult Result, Anomaly Anomaly);

/// <summary>Where the control state of one service lives: durable, and shared by all of its instances. Safe for all threads.</summary>
public interface IControlStore
{
    /// <summary>Reads everything at one moment, when it is of another version than the given one.</summary>
    /// <param name="knownVersion">The version that the caller has; -1 reads always.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>The state, or null when the version is the known one.</returns>
    Task<ControlState?> LoadAsync(long knownVersion, CancellationToken stop);

    /// <summary>Adds an anomaly, and gives it its <see cref="Anomaly.Order"/>. Removes those that have expired by then.</summary>
    /// <param name="anomaly">Complete but for order and counters, which are ignored.</param>
    /// <param name="stop">Gives up.</param>
    Task<Placed> AddAsync(Anomaly anomaly, CancellationToken stop);

    /// <summary>Removes an anomaly; its firings stay.</summary>
    /// <param name="id">Which.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Whether it was there.</returns>
    Task<bool> RemoveAsync(Guid id, CancellationToken stop);

    /// <summary>Removes all anomalies; their firings stay.</summary>
    /// <param name="stop">Gives up.</param>
    /// <returns>How many there were.</returns>
    Task<int> ClearAsync(CancellationToken stop);

    /// <summary>Counts matches, decides, and records firings: in one transaction on a connection of its own, committed when this returns.</summary>
    /// <param name="claim">Who asks for what.</param>
    /// <param name="stop">Gives up; the claim then may or may not have happened.</param>
    /// <returns>What is committed, or null when the anomaly is no longer there.</returns>
    Task<ClaimOutcome?> ClaimAsync(Claim claim, CancellationToken stop);

    /// <summary>Reads firings in the order of their commits: nothing with a lower id appears later.</summary>
    /// <param name="after">Firings with a higher id than this; 0 for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="stop">Gives up.</param>
    Task<ImmutableArray<Firing>> ListFiringsAsync(long after, int limit, CancellationToken stop);

    /// <summary>Switches a guard.</summary>
    /// <param name="guard">Its name.</param>
    /// <param name="on">Whether it protects.</param>
    /// <param name="at">When.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>The state of the guard now.</returns>
    Task<GuardState> SetGuardAsync(string guard, bool on, DateTimeOffset at, CancellationToken stop);
}
