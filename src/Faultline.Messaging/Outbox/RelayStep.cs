using Faultline.Messaging.Store;

namespace Faultline.Messaging.Outbox;

/// <summary>What became of one row of a send.</summary>
internal enum RelayOutcome
{
    /// <summary>The broker has it.</summary>
    Confirmed,

    /// <summary>No confirm came: it is sent again when the confirm timeout is over.</summary>
    Unconfirmed,

    /// <summary>The broker refused it for now: it is sent again after a pause.</summary>
    Refused,

    /// <summary>No queue is bound for it.</summary>
    Unroutable,

    /// <summary>It is held back until <see cref="RelayEvent.Released"/> (fault kind <c>reorder</c>).</summary>
    Held,
}

/// <summary>What happens to the relay.</summary>
internal abstract record RelayEvent
{
    /// <summary>There may be new rows.</summary>
    internal sealed record Woken : RelayEvent;

    /// <summary>Time has passed, to the point that <see cref="RelayEffect.WakeAt"/> asked for.</summary>
    internal sealed record Tick : RelayEvent;

    /// <summary>A read has ended.</summary>
    internal sealed record PageRead(OutboxRead What, OutboxPage Page) : RelayEvent;

    /// <summary>A read has failed.</summary>
    internal sealed record ReadFailed : RelayEvent;

    /// <summary>A send has ended, with one outcome for each row.</summary>
    internal sealed record SendEnded(RelayEffect.Send Send, IReadOnlyList<RelayOutcome> Outcomes) : RelayEvent;

    /// <summary>A send broke: each of its rows may or may not have arrived.</summary>
    internal sealed record SendFailed(RelayEffect.Send Send) : RelayEvent;

    /// <summary>A held row may go on.</summary>
    internal sealed record Released(OutboxRow Row) : RelayEvent;

    /// <summary>Rows are deleted.</summary>
    internal sealed record Deleted(RelayEffect.Delete Delete) : RelayEvent;

    /// <summary>A delete has failed; its rows may or may not be gone.</summary>
    internal sealed record DeleteFailed(RelayEffect.Delete Delete) : RelayEvent;

    /// <summary>Unroutable rows are among the dead letters.</summary>
    internal sealed record DeadLettered(RelayEffect.DeadLetter Letter) : RelayEvent;

    /// <summary>Moving unroutable rows has failed.</summary>
    internal sealed record DeadLetterFailed(RelayEffect.DeadLetter Letter) : RelayEvent;
}

/// <summary>What the relay wants done.</summary>
internal abstract record RelayEffect
{
    /// <summary>Read rows.</summary>
    /// <param name="What">Which.</param>
    internal sealed record Read(OutboxRead What) : RelayEffect;

    /// <summary>Send rows: at most one of each key is under way in all sends together.</summary>
    internal sealed record Send(IReadOnlyList<OutboxRow> Rows) : RelayEffect;

    /// <summary>Delete rows that are confirmed.</summary>
    /// <param name="Ids">Which.</param>
    internal sealed record Delete(IReadOnlyList<long> Ids) : RelayEffect;

    /// <summary>Move rows that no queue wants to the dead letters.</summary>
    internal sealed record DeadLetter(IReadOnlyList<OutboxRow> Rows) : RelayEffect;

    /// <summary>Send a <see cref="RelayEvent.Tick"/> at this time; replaces an earlier wish.</summary>
    internal sealed record WakeAt(DateTimeOffset Time) : RelayEffect;
}
