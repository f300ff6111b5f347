using Faultline.Protocol.Services;
using Faultline.Verification.Ledger;

namespace Faultline.Verification.Checkers;

/// <summary>Every queue, outbox and retry that can empty is empty within the limit. Liveness: a system that stands still is a violation, not a hang.</summary>
internal sealed class Drains : IChecker
{
    public const string Name = "drains";

    public const string StuckKind = "stuck";
    public const string TookFigure = "drained after, s";

    public CheckerDescription Description { get; } = new(Name, "Everything that can empty is empty within the limit.");

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        if (context.Drain is not { } drain) return finding.Build("there was no drain");

        finding.Judged();
        finding.Figure(TookFigure, drain.Took.TotalSeconds);
        if (drain.Drained) return finding.Build("");

        foreach (MessagingState state in drain.States.Where(state => state.Outbox + state.Queue + state.Parked + state.InHand > 0).OrderBy(state => state.Service, StringComparer.Ordinal))
        {
            Delivery? stuck = Oldest(context.Ledger, state.Service);
            finding.Violates(
                StuckKind,
                () => $"{state.Service} did not drain within {drain.Limit.TotalSeconds:0.#} s: outbox {state.Outbox}, queue {state.Queue}, parked {state.Parked}, in hand {state.InHand}"
                    + (stuck is { } oldest ? $"; the oldest is {Sentences.Name(oldest)}" : ""),
                [stuck?.OperationId], stuck is { } known ? [known.MessageId] : [], state.Service);
        }

        if (finding.Build("").ViolationCount == 0) finding.Violates(StuckKind, () => $"the system did not drain within {drain.Limit.TotalSeconds:0.#} s");
        return finding.Build("");
    }

    private static Delivery? Oldest(MessageLedger ledger, string service)
    {
        Delivery? oldest = null;
        foreach (Delivery delivery in ledger.Deliveries())
        {
            bool here = delivery.Fate == Fate.InOutbox ? delivery.Publisher == service : delivery.Fate is Fate.InQueue or Fate.Parked && delivery.Consumer == service;
            if (here && (oldest is null || delivery.PublishedAt < oldest.Value.PublishedAt)) oldest = delivery;
        }

        return oldest;
    }
}
