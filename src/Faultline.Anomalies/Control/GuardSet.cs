using System.Collections.Frozen;
using Faultline.Protocol.Guards;

namespace Faultline.Anomalies;

/// <summary>Which guards protect at one moment. Immutable; a step reads one snapshot at its start and keeps to it.</summary>
public sealed class GuardSet
{
    private readonly FrozenSet<string> _off;

    /// <summary>Makes a snapshot.</summary>
    /// <param name="off">The names of the guards that are off; all others are on.</param>
    public GuardSet(IEnumerable<string> off)
    {
        _off = off.ToFrozenSet();
        Outbox = IsOn(GuardNames.Outbox);
        Confirms = IsOn(GuardNames.Confirms);
        Inbox = IsOn(GuardNames.Inbox);
        AckAfterCommit = IsOn(GuardNames.AckAfterCommit);
        Transaction = IsOn(GuardNames.Transaction);
        Ordering = IsOn(GuardNames.Ordering);
        Retry = IsOn(GuardNames.Retry);
        DeadLetter = IsOn(GuardNames.DeadLetter);
        IdempotencyKey = IsOn(GuardNames.IdempotencyKey);
    }

    /// <summary>Every guard is on.</summary>
    public static GuardSet AllOn { get; } = new([]);

    /// <summary>See <see cref="GuardNames.Outbox"/>.</summary>
    public bool Outbox { get; }

    /// <summary>See <see cref="GuardNames.Confirms"/>.</summary>
    public bool Confirms { get; }

    /// <summary>See <see cref="GuardNames.Inbox"/>.</summary>
    public bool Inbox { get; }

    /// <summary>See <see cref="GuardNames.AckAfterCommit"/>.</summary>
    public bool AckAfterCommit { get; }

    /// <summary>See <see cref="GuardNames.Transaction"/>.</summary>
    public bool Transaction { get; }

    /// <summary>See <see cref="GuardNames.Ordering"/>.</summary>
    public bool Ordering { get; }

    /// <summary>See <see cref="GuardNames.Retry"/>.</summary>
    public bool Retry { get; }

    /// <summary>See <see cref="GuardNames.DeadLetter"/>.</summary>
    public bool DeadLetter { get; }

    /// <summary>See <see cref="GuardNames.IdempotencyKey"/>.</summary>
    public bool IdempotencyKey { get; }

    /// <summary>Whether a guard protects; one that nobody ever switched does.</summary>
    /// <param name="guard">Its name.</param>
    public bool IsOn(string guard) => !_off.Contains(guard);
}
