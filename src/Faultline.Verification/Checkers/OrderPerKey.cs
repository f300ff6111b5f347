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

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        var handled = new List<Delivery>();
        foreach (Delivery delivery in context.Ledger.Deliveries())
        {
            if (delivery is { Fate: Fate.Done, KeyNumber: >= 0, PublishedPosition: > 0, HandledPosition: > 0 }) handled.Add(delivery);
        }

        handled.Sort(Compare);
        for (int at = 0; at < handled.Count; at++)
        {
            finding.Judged();
            if (at == 0 || !SameLane(handled[at - 1], handled[at])) continue;

            Delivery before = handled[at - 1], after = handled[at];
            if (after.PublishedPosition < before.PublishedPosition)
            {
                finding.Violates(
                    OvertakenKind,
                    () => $"{Sentences.Name(before)} was handled at {before.Consumer} before {Sentences.Name(after)}, which {after.Publisher} published first under the same key",
                    [after.OperationId, before.OperationId], [after.MessageId, before.MessageId], after.Consumer);
            }
        }

        return finding.Build("no message with a key was handled");
    }

    private static bool SameLane(in Delivery one, in Delivery other) =>
        one.ConsumerNumber == other.ConsumerNumber && one.PublisherNumber == other.PublisherNumber && one.KeyNumber == other.KeyNumber;

    private static int Compare(Delivery one, Delivery other)
    {
        int order = one.ConsumerNumber.CompareTo(other.ConsumerNumber);
        if (order == 0) order = one.PublisherNumber.CompareTo(other.PublisherNumber);
        if (order == 0) order = one.KeyNumber.CompareTo(other.KeyNumber);
        if (order == 0) order = one.HandledPosition.CompareTo(other.HandledPosition);
        return order == 0 ? one.PublishedPosition.CompareTo(other.PublishedPosition) : order;
    }
}
