using Faultline.Protocol.Histories;
using Faultline.Verification.Histories;

namespace Faultline.Verification.Ledger;

/// <summary>The sets of the account, as figures. Operations are counted by operation id, messages once per consumer that they are owed to.</summary>
public sealed record LedgerTotals
{
    /// <summary>Operations that were invoked.</summary>
    public long Attempted { get; init; }

    /// <summary>Operations with an acknowledgement.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Operations that certainly did nothing.</summary>
    public long Failed { get; init; }

    /// <summary>Operations whose outcome the client does not know.</summary>
    public long Unknown { get; init; }

    /// <summary>Of the unknown ones, those whose effect the durable state shows.</summary>
    public long Recovered { get; init; }

    /// <summary>Messages that were published or scheduled by a committed transaction.</summary>
    public long Messages { get; init; }

    /// <summary>Deliveries that are owed: messages times consumers, without cancelled and injected ones.</summary>
    public long Accepted { get; init; }

    /// <summary>Deliveries with an effect.</summary>
    public long Done { get; init; }

    /// <summary>Effects beyond the first.</summary>
    public long Duplicated { get; init; }

    /// <summary>Deliveries that are nowhere, or taken for handled without an effect.</summary>
    public long Lost { get; init; }

    /// <summary>Effects of messages that nobody published, and effects of operations that certainly failed.</summary>
    public long Unexpected { get; init; }

    /// <summary>Deliveries among the dead letters.</summary>
    public long DeadLettered { get; init; }

    /// <summary>Deliveries discarded from the dead letters by a person.</summary>
    public long Discarded { get; init; }

    /// <summary>Deliveries parked for a retry.</summary>
    public long Parked { get; init; }

    /// <summary>Deliveries in an outbox, a schedule or a queue.</summary>
    public long InFlight { get; init; }

    /// <summary>Messages that storms injected.</summary>
    public long Injected { get; init; }

    /// <summary>Counts a ledger and the history that belongs to it, in one pass each.</summary>
    /// <param name="ledger">The account.</param>
    /// <param name="history">The operations.</param>
    public static LedgerTotals Of(MessageLedger ledger, History history) => CountOperations(CountMessages(CountDeliveries(ledger), ledger), ledger, history);

    /// <summary>The best outcome of each operation id: a repeat that was acknowledged settles an unknown first try.</summary>
    /// <param name="history">The operations.</param>
    public static IReadOnlyDictionary<string, Outcome> OutcomeOfEach(History history)
    {
        var outcomes = new Dictionary<string, Outcome>(history.Count);
        foreach (Operation operation in history.Operations)
        {
            outcomes[operation.OperationId] = outcomes.TryGetValue(operation.OperationId, out Outcome known) && Weight(known) >= Weight(operation.Outcome) ? known : operation.Outcome;
        }

        return outcomes;
    }

    private static int Weight(Outcome outcome) => outcome switch { Outcome.Failed => 0, Outcome.Open => 1, Outcome.Unknown => 2, _ => 3 };

    private static LedgerTotals CountDeliveries(MessageLedger ledger)
    {
        Span<long> fates = stackalloc long[Enum.GetValues<Fate>().Length];
        fates.Clear();
        long duplicated = 0;
        foreach (Delivery delivery in ledger.Deliveries())
        {
            fates[(int)delivery.Fate]++;
            if (delivery.Fate == Fate.Done) duplicated += delivery.Effects - 1;
        }

        long accepted = 0;
        for (int fate = 0; fate < fates.Length; fate++)
        {
            if ((Fate)fate is not (Fate.Cancelled or Fate.Injected)) accepted += fates[fate];
        }

        return new LedgerTotals
        {
            Accepted = accepted,
            Done = fates[(int)Fate.Done],
            Duplicated = duplicated,
            Lost = fates[(int)Fate.Lost] + fates[(int)Fate.HalfDone],
            DeadLettered = fates[(int)Fate.DeadLettered],
            Discarded = fates[(int)Fate.Discarded],
            Parked = fates[(int)Fate.Parked],
            InFlight = fates[(int)Fate.InOutbox] + fates[(int)Fate.Waiting] + fates[(int)Fate.InQueue],
        };
    }

    private static LedgerTotals CountMessages(LedgerTotals totals, MessageLedger ledger)
    {
        long published = 0, injected = 0, ghosts = 0;
        foreach (MessageView message in ledger.Messages())
        {
            if (message.IsInjected) injected++;
            else if (message.IsPublished) published++;
            else ghosts += message.Facts.Count(fact => fact.Fact == Protocol.Ledger.LedgerFact.Handled);
        }

        return totals with { Messages = published, Injected = injected, Unexpected = ghosts };
    }

    private static LedgerTotals CountOperations(LedgerTotals totals, MessageLedger ledger, History history)
    {
        long acknowledged = 0, failed = 0, unknown = 0, recovered = 0, unexpected = 0;
        IReadOnlyDictionary<string, Outcome> outcomes = OutcomeOfEach(history);
        foreach ((string id, Outcome outcome) in outcomes)
        {
            switch (outcome)
            {
                case Outcome.Ok: acknowledged++; break;
                case Outcome.Failed:
                    failed++;
                    if (ledger.Knows(id)) unexpected++;
                    break;
                default:
                    unknown++;
                    if (ledger.Knows(id)) recovered++;
                    break;
            }
        }

        return totals with
        {
            Attempted = outcomes.Count,
            Acknowledged = acknowledged,
            Failed = failed,
            Unknown = unknown,
            Recovered = recovered,
            Unexpected = totals.Unexpected + unexpected,
        };
    }
}
