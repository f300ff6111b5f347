using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Ledger;
using Faultline.Verification.Ledger;

namespace Faultline.Lab.Api;

/// <summary>How an operation or a message has come out so far, from the worst to the best.</summary>
public enum JourneyOutcome
{
    /// <summary>A message is nowhere: not handled, not waiting, not put aside.</summary>
    Lost,

    /// <summary>A message is taken for handled and had no effect.</summary>
    HalfDone,

    /// <summary>A message is among the dead letters.</summary>
    DeadLettered,

    /// <summary>A message was discarded from the dead letters.</summary>
    Discarded,

    /// <summary>An effect happened more than once.</summary>
    Duplicated,

    /// <summary>A message waits for its next attempt.</summary>
    Parked,

    /// <summary>A message is in an outbox, a schedule or a queue.</summary>
    InFlight,

    /// <summary>Everything had its effect once.</summary>
    Done,

    /// <summary>It was taken back before it was due.</summary>
    Cancelled,
}

/// <summary>A journey in a list.</summary>
/// <param name="Id">The operation, or the message where no operation is known.</param>
/// <param name="Of">operation or message.</param>
/// <param name="System">The system.</param>
/// <param name="Key">The business object.</param>
/// <param name="StartedAt">When its first message was published, UTC.</param>
/// <param name="LastAt">When something happened last, UTC.</param>
/// <param name="Outcome">How it has come out so far.</param>
/// <param name="Messages">How many messages.</param>
/// <param name="Effects">How many handlings committed.</param>
/// <param name="Attempts">The most attempts that one message took.</param>
/// <param name="Faults">How many faults hit it.</param>
/// <param name="Duplicates">Effects beyond the first.</param>
/// <param name="Types">The types of its messages.</param>
/// <param name="Services">The services that took part.</param>
public sealed record JourneyItem(
    string Id, string Of, string System, string? Key, DateTime StartedAt, DateTime LastAt, JourneyOutcome Outcome, int Messages, int Effects, int Attempts, int Faults, int Duplicates,
    IReadOnlyList<string> Types, IReadOnlyList<string> Services);

/// <summary>Groups the messages of a ledger into journeys. Pure.</summary>
internal static class JourneyList
{
    /// <summary>The journeys of a ledger, newest first.</summary>
    /// <param name="system">The system.</param>
    /// <param name="ledger">Its account.</param>
    /// <param name="since">Those that began before are left out: not everything about them was read. Null for all.</param>
    public static IEnumerable<JourneyItem> Of(string system, MessageLedger ledger, DateTime? since)
    {
        ILookup<Guid, Delivery> deliveries = ledger.Deliveries().Where(delivery => delivery.Fate != Fate.Injected).ToLookup(delivery => delivery.MessageId);
        ILookup<string, Firing> firings = ledger.Firings.ToLookup(firing => firing.OperationId ?? firing.MessageId?.ToString() ?? "");
        return ledger.Messages().Where(message => message.IsPublished && !message.IsInjected).GroupBy(message => message.OperationId ?? message.Id.ToString())
            .Select(group => Item(system, group.Key, [.. group], deliveries, firings)).Where(item => since is not { } from || item.StartedAt >= from).OrderByDescending(item => item.StartedAt);
    }

    /// <summary>How deliveries have come out together: as the worst of them.</summary>
    public static JourneyOutcome OutcomeOf(IEnumerable<Delivery> deliveries) => deliveries.Select(OutcomeOf).DefaultIfEmpty(JourneyOutcome.Done).Min();

    private static JourneyOutcome OutcomeOf(Delivery delivery) => delivery.Fate switch
    {
        Fate.Lost => JourneyOutcome.Lost,
        Fate.HalfDone => JourneyOutcome.HalfDone,
        Fate.DeadLettered => JourneyOutcome.DeadLettered,
        Fate.Discarded => JourneyOutcome.Discarded,
        Fate.Parked => JourneyOutcome.Parked,
        Fate.Cancelled => JourneyOutcome.Cancelled,
        Fate.Done => delivery.Effects > 1 ? JourneyOutcome.Duplicated : JourneyOutcome.Done,
        _ => JourneyOutcome.InFlight,
    };

    private static JourneyItem Item(string system, string id, MessageView[] messages, ILookup<Guid, Delivery> deliveries, ILookup<string, Firing> firings)
    {
        FactView[] facts = [.. messages.SelectMany(message => message.Facts)];
        Delivery[] owed = [.. messages.SelectMany(message => deliveries[message.Id])];
        return new JourneyItem(
            id, messages[0].OperationId is null ? "message" : "operation", system, messages.Select(message => message.Key).FirstOrDefault(key => key is not null),
            facts.Min(fact => fact.At), facts.Max(fact => fact.At), OutcomeOf(owed), messages.Length, owed.Sum(delivery => delivery.Effects),
            facts.Select(fact => fact.Attempt).DefaultIfEmpty(0).Max(), firings[id].Count(), owed.Sum(delivery => Math.Max(0, delivery.Effects - 1)),
            [.. messages.Select(message => message.Type).Where(type => type.Length > 0).Distinct()],
            [.. facts.Where(fact => fact.Fact is LedgerFact.Published or LedgerFact.Handled or LedgerFact.Parked or LedgerFact.DeadLettered).Select(fact => fact.Service).Distinct()]);
    }
}
