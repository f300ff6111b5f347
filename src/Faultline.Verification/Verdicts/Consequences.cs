using Faultline.Protocol.Faults;
using Faultline.Verification.Checkers;
using Faultline.Verification.Histories;
using Faultline.Verification.Ledger;

namespace Faultline.Verification.Verdicts;

/// <summary>Tells the consequences of destructive faults from violations: exactly the messages that were hit, no more and no fewer.</summary>
internal static class Consequences
{
    private const int NamedMax = 100;

    /// <summary>General rules that no fault of the table may break: a lost message is no excuse for a doubled or a disordered one.</summary>
    private static readonly HashSet<string> NeverExcused =
        [EffectsOnce.Name, OrderPerKey.Name, NoOrphans.Name, LegalTransitions.Name, ReplayEqual.Name, QuietAfter.Name, NoLeftoverFault.Name, Drains.Name];

    public static void Split(Finding finding, Prediction prediction, Outcomes outcomes)
    {
        List<Violation> unpredicted = [.. finding.Violations.Where(violation => !IsPredicted(violation, prediction))];
        outcomes.Predicted.AddRange(finding.Violations.Except(unpredicted));
        // Violations beyond those that are kept cannot be looked at one by one; nobody predicts so many.
        if (unpredicted.Count > 0 || finding.ViolationCount > finding.Violations.Count) outcomes.Fail(finding, unpredicted);
    }

    private static bool IsPredicted(Violation violation, Prediction prediction)
    {
        if (!prediction.IsDestructive || NeverExcused.Contains(violation.Rule)) return false;

        if (violation.Rule is NothingLost.Name or Balance.Name && violation.Messages.Count > 0)
        {
            return violation.Kind is NothingLost.LostKind or NothingLost.HalfDoneKind or Balance.ShortKind
                && violation.Messages.All(message => prediction.MayLose.Contains(new Owed(message, violation.Consumer ?? "")));
        }

        return violation.Operations.Count > 0 && violation.Operations.All(prediction.Operations.Contains);
    }

    /// <summary>What was hit must be lost or dead, and what is dead must have been hit. What is lost without being hit the checkers have said already.</summary>
    public static void CheckExactness(MessageLedger ledger, Prediction prediction, Outcomes outcomes)
    {
        var lost = new HashSet<Owed>();
        var dead = new HashSet<Owed>();
        var strangers = new List<Delivery>();
        foreach (Delivery delivery in ledger.Deliveries())
        {
            var owed = new Owed(delivery.MessageId, delivery.Consumer);
            if (delivery.Fate is Fate.Lost or Fate.HalfDone) lost.Add(owed);
            if (delivery.Fate is not (Fate.DeadLettered or Fate.Discarded)) continue;

            dead.Add(owed);
            if (!prediction.MayDie.Contains(owed)) strangers.Add(delivery);
        }

        foreach (Owed owed in lost)
        {
            // A run may leave nothing-lost out of its rules; a loss that no fault explains fails it all the same when its faults are destructive.
            bool isSaid = outcomes.Violations.Any(violation => violation.Rule == NothingLost.Name && violation.Messages.Contains(owed.MessageId));
            if (prediction.IsDestructive && !prediction.MayLose.Contains(owed) && !isSaid) outcomes.Fail(Violation(Judgement.PredictionRule, "lost-without-fault", owed, ledger, "is lost, and no fault that loses messages hit it"));
        }

        foreach (Owed owed in prediction.MustLose.Where(owed => !lost.Contains(owed)).Take(NamedMax))
        {
            outcomes.Fail(Violation(Judgement.PredictionRule, "not-lost", owed, ledger, "was hit by a fault that loses it, and is not lost"));
        }

        foreach (Owed owed in prediction.MustDie.Where(owed => !dead.Contains(owed)).Take(NamedMax))
        {
            outcomes.Fail(Violation(Judgement.PredictionRule, "not-dead-lettered", owed, ledger, "was hit by a fault that must send it to the dead letters, and is not among them"));
        }

        foreach (Delivery delivery in strangers.Take(NamedMax))
        {
            outcomes.Fail(Violation(Judgement.DeadLettersRule, "not-hit", new Owed(delivery.MessageId, delivery.Consumer), ledger, "is among the dead letters, and no fault hit it"));
        }

        foreach (Firing firing in prediction.Unseen.Take(NamedMax))
        {
            outcomes.Notes.Add(new VerdictNote(Verdict.Inconclusive, $"{firing.Kind} at {firing.Point} hit {firing.MessageType} {firing.MessageId}, which no committed transaction published: what it lost cannot be judged"));
        }

        outcomes.Predicted.AddRange(dead.Where(prediction.MustDie.Contains).Take(NamedMax).Select(owed => Violation(Judgement.DeadLettersRule, "hit", owed, ledger, "is among the dead letters, as predicted")));
    }

    private static Violation Violation(string rule, string kind, Owed owed, MessageLedger ledger, string what)
    {
        MessageView? message = ledger.Message(owed.MessageId);
        string name = message is { } known ? Sentences.Name(known) : $"message {owed.MessageId}";
        return new Violation
        {
            Rule = rule,
            Kind = kind,
            Sentence = $"{name} {what} at {owed.Consumer}",
            Messages = [owed.MessageId],
            Operations = message?.OperationId is { } operation ? [operation] : [],
            Consumer = owed.Consumer,
            Journey = Journeys.OfMessage(ledger, new Dictionary<string, Operation>(), owed.MessageId),
        };
    }
}
