using Faultline.Protocol.Services;

namespace Faultline.Verification.Checkers;

/// <summary>After quiesce nothing changes: two readings of every service agree.</summary>
internal sealed class QuietAfter : IChecker
{
    public const string Name = "quiet-after";

    public const string ChangedKind = "changed";

    public CheckerDescription Description { get; } = new(Name, "Nothing changes after the system has come to rest.");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        if (context.Quiet is null || context.StillQuiet is null) return finding.Build("the state was not read twice after quiesce");

        Dictionary<string, MessagingState> later = context.StillQuiet.GroupBy(state => state.Service).ToDictionary(group => group.Key, group => group.Last());
        foreach (MessagingState before in context.Quiet.GroupBy(state => state.Service).Select(group => group.Last()))
        {
            if (!later.TryGetValue(before.Service, out MessagingState? after)) continue; // A service that is not up is seen by others; here it only gives no data.

            finding.Judged();
            (string What, long Before, long After)[] changes =
            [
                .. new (string What, long Before, long After)[]
                {
                    ("committed audit rows", before.AuditPosition, after.AuditPosition), ("outbox", before.Outbox, after.Outbox), ("queue", before.Queue, after.Queue),
                    ("parked", before.Parked, after.Parked), ("dead letters", before.DeadLetters, after.DeadLetters), ("scheduled", before.Scheduled, after.Scheduled),
                }.Where(figure => figure.Before != figure.After),
            ];
            if (changes.Length > 0)
            {
                finding.Violates(
                    ChangedKind, () => $"{before.Service} went on working after the end: {string.Join(", ", changes.Select(change => $"{change.What} {change.Before} → {change.After}"))}", consumer: before.Service);
            }
        }

        return finding.Build("no service was read twice after quiesce");
    }
}
