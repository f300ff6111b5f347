using Faultline.Verification.Ledger;

namespace Faultline.Verification.Checkers;

/// <summary>No message has its effect twice at a consumer. A delivery that comes twice and is handled once is no violation.</summary>
internal sealed class EffectsOnce : IChecker
{
    public const string Name = "effects-once";

    public const string TwiceKind = "effect-repeated";

    public CheckerDescription Description { get; } = new(Name, "No message has its effect twice at a consumer, however often it is delivered.");

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        foreach (Delivery delivery in context.Ledger.Deliveries())
        {
            if (delivery.Effects == 0 || delivery.Fate == Fate.Injected) continue;

            finding.Judged();
            if (delivery.Effects > 1)
            {
                finding.Violates(TwiceKind, () => $"{Sentences.Name(delivery)} had its effect {delivery.Effects} times at {delivery.Consumer}", [delivery.OperationId], [delivery.MessageId], delivery.Consumer);
            }
        }

        return finding.Build("no message was handled");
    }
}
