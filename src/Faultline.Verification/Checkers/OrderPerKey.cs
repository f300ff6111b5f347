using Faultline.Verification.Ledger;

namespace Faultline.Verification.Checkers;

/// <summary>
/// Messages of one key from one service are handled in the order of their commits, per consumer. Messages that were never handled there (dead letters, discarded,
/// lost) leave a gap, which is no disorder.
/// </summary>
internal sealed class OrderPerKey : IChecker
{
    public const string Name = "order-per-key";

    public const string OvertakenKind = "overtaken";

    public CheckerDescription Description { get; } = new(Name, "Messages of one key from one service are handled in the order of their commits, at each consumer.");

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        List<Passage> passages = Passages(context.Ledger);
        passages.Sort(Passage.InOrder);
        for (int at = 0; at < passages.Count; at++)
        {
            finding.Judged();
            if (at == 0 || passages[at - 1].Lane != passages[at].Lane || passages[at].Published >= passages[at - 1].Published) continue;

            Delivery before = passages[at - 1].Delivery, after = passages[at].Delivery;
            finding.Violates(
                OvertakenKind,
                () => $"{Sentences.Name(before)} was handled at {before.Consumer} before {Sentences.Name(after)}, which {after.Publisher} published first under the same key",
                [after.OperationId, before.OperationId], [after.MessageId, before.MessageId], after.Consumer);
        }

        return finding.Build("no message with a key was handled");
    }

    private static List<Passage> Passages(MessageLedger ledger)
    {
        var passages = new List<Passage>();
        foreach (Delivery delivery in ledger.Deliveries())
        {
            if (delivery is { Fate: Fate.Done, KeyNumber: >= 0, PublishedPosition: > 0, HandledPosition: > 0 })
            {
                passages.Add(new Passage((delivery.ConsumerNumber, delivery.PublisherNumber, delivery.KeyNumber), delivery.HandledPosition, delivery.PublishedPosition, delivery));
            }
        }

        return passages;
    }

    /// <summary>What the order depends on, taken out of the ledger once: sorting looks at it many times.</summary>
    private readonly record struct Passage((int Consumer, int Publisher, int Key) Lane, long Handled, long Published, Delivery Delivery)
    {
        public static int InOrder(Passage one, Passage other)
        {
            int order = one.Lane.CompareTo(other.Lane);
            if (order == 0) order = one.Handled.CompareTo(other.Handled);
            return order == 0 ? one.Published.CompareTo(other.Published) : order;
        }
    }
}
