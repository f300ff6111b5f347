using Faultline.Protocol.Histories;
using Faultline.Verification.Histories;

namespace Faultline.Verification.Checkers;

/// <summary>A repeat of an acknowledged operation under the same key gets the same reply, byte for byte.</summary>
internal sealed class ReplayEqual : IChecker
{
    public const string Name = "replay-equal";

    public const string DifferentKind = "different-reply";

    public CheckerDescription Description { get; } = new(Name, "A repeated operation with the same key is answered with the same reply.");

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        var first = new Dictionary<string, int>(context.History.Count);
        for (int place = 0; place < context.History.Count; place++)
        {
            Operation operation = context.History[place];
            if (operation.Outcome != Outcome.Ok || first.TryAdd(operation.OperationId, place)) continue;

            finding.Judged();
            Operation original = context.History[first[operation.OperationId]];
            if (original.ReplyDigest != operation.ReplyDigest)
            {
                finding.Violates(
                    DifferentKind,
                    () => $"operation {operation.OperationId} ('{operation.Name}') was answered with {Reply(original)} and, when repeated, with {Reply(operation)} (history positions {original.Index} and {operation.Index})",
                    [operation.OperationId]);
            }
        }

        return finding.Build("no acknowledged operation was repeated");
    }

    private static string Reply(Operation operation) => operation.Reply ?? (operation.ReplyDigest == 0 ? "nothing" : $"a reply with digest {operation.ReplyDigest:x16}");
}
