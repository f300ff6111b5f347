using System.Text.Json;
using Faultline.Verification.Checkers;

namespace TicketFlow.Checks.Checkers;

/// <summary>The deadline is creation, agreement and blocked time, and met or missed is recorded rightly.</summary>
internal sealed class DeadlineRight : IChecker
{
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(5);

    /// <summary>The agreements as the specification has them, in seconds; judged by these and not by what the service says.</summary>
    private static readonly Dictionary<string, Dictionary<string, double>> Allowed = new()
    {
        ["standard"] = new() { ["low"] = 7 * 86_400, ["medium"] = 3 * 86_400, ["high"] = 86_400, ["critical"] = 3_600 },
        ["premium"] = new() { ["low"] = 2 * 86_400, ["medium"] = 86_400, ["high"] = 4 * 3_600, ["critical"] = 900 },
        ["vip"] = new() { ["low"] = 1_800, ["medium"] = 900, ["high"] = 180, ["critical"] = 60 },
        ["brief"] = new() { ["low"] = 12, ["medium"] = 8, ["high"] = 4, ["critical"] = 2 },
    };

    public CheckerDescription Description { get; } = new("deadline-right", "each deadline is creation, agreement and blocked time; met or missed is recorded rightly, and the desk sees the same");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Description.Name);
        ILookup<string, SystemFact> steps = context.FactsOf("steps").ToLookup(step => step.Subject());
        Dictionary<string, SystemFact> deadlines = context.FactsOf("deadlines").GroupBy(fact => fact.Subject()).ToDictionary(group => group.Key, group => group.First());
        foreach (SystemFact ticket in context.FactsOf("tickets").Where(ticket => ticket.Text("severity").Length > 0))
        {
            finding.Judged();
            string id = ticket.Subject();
            if (!deadlines.TryGetValue(id, out SystemFact? deadline))
            {
                finding.Violates("missing", () => $"ticket {id} is qualified and has no deadline", [ticket.OperationId]);
                continue;
            }

            DateTimeOffset due = ticket.Time("created_at") + TimeSpan.FromSeconds(Allowed[deadline.Text("agreement")][ticket.Text("severity")]) + BlockedOf(steps[id]);
            if ((deadline.Time("due_at") - due).Duration() > Rounding) finding.Violates("deadline", () => $"the deadline of ticket {id} is {deadline.Time("due_at"):O}, and creation, agreement and blocked time make {due:O}", [ticket.OperationId]);
            string right = ticket.Value.GetProperty("resolved_at").ValueKind != JsonValueKind.String ? "running" : ticket.Time("resolved_at") <= due ? "met" : "missed";
            bool isClose = right != "running" && (ticket.Time("resolved_at") - due).Duration() <= Rounding;
            if (!isClose && deadline.Text("outcome") != right) finding.Violates("outcome", () => $"the deadline of ticket {id} is recorded as {deadline.Text("outcome")}, and is {right}", [ticket.OperationId]);
            if (ticket.Number("sla_revision") != deadline.Number("revision") || ticket.Text("outcome") != deadline.Text("outcome"))
            {
                finding.Violates("desk", () => $"the desk sees the deadline of ticket {id} as {ticket.Text("outcome")} (revision {ticket.Number("sla_revision")}), and it is {deadline.Text("outcome")} (revision {deadline.Number("revision")})", [ticket.OperationId]);
            }
        }

        return finding.Build("no ticket was qualified");
    }

    private static TimeSpan BlockedOf(IEnumerable<SystemFact> steps)
    {
        TimeSpan blocked = TimeSpan.Zero;
        DateTimeOffset? since = null;
        foreach (SystemFact step in steps.OrderBy(step => step.Number("version")))
        {
            if (step.Text("event") == "blocked") since = step.Time("at");
            if (step.Text("event") != "unblocked" || since is not { } stopped) continue;
            blocked += step.Time("at") - stopped;
            since = null;
        }

        return blocked;
    }
}

/// <summary>People are told of a ticket's time once for each reason, and not before its time.</summary>
internal sealed class ToldOnce : IChecker
{
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(5);

    public CheckerDescription Description { get; } = new("told-once", "each reminder is one message, not before its time; each incident and each step of a breach is one alert; nothing else is told");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Description.Name);
        ILookup<string, SystemFact> letters = context.FactsOf("letters").ToLookup(letter => letter.Text("id"));
        var wanted = new HashSet<string>();
        foreach (SystemFact ticket in context.FactsOf("tickets").Where(ticket => ticket.Text("kind") == "incident")) Check(finding, letters, wanted, $"incident-reported-{ticket.Subject()}", ticket.OperationId);
        foreach (SystemFact told in context.FactsOf("told"))
        {
            if (told.Time("at") < told.Time("due_at") - Rounding) finding.Violates("early", () => $"{told.Text("kind")} {told.Number("step")} of ticket {told.Subject()} was told at {told.Time("at"):O}, and was due at {told.Time("due_at"):O}", [told.OperationId]);
            Check(finding, letters, wanted, told.Text("kind") == "reminder" ? $"reminder-{told.Subject()}-{told.Number("step")}" : $"sla-breached-{told.Subject()}-{told.Number("step")}", told.OperationId);
        }

        foreach (SystemFact letter in context.FactsOf("letters").Where(letter => letter.Text("kind") is "reminder" or "alert" && !wanted.Contains(letter.Text("id"))))
        {
            finding.Violates("unfounded", () => $"message {letter.Text("id")} has no reason", [letter.OperationId]);
        }

        CheckBreaches(context, finding);
        return finding.Build("nobody had to be told anything");
    }

    private static void Check(FindingBuilder finding, ILookup<string, SystemFact> letters, HashSet<string> wanted, string id, string? operation)
    {
        finding.Judged();
        wanted.Add(id);
        Letters.CheckOne(finding, letters, id, operation);
    }

    /// <summary>Alerts count from 1 without a gap; each whose time came before the resolution was given, and none whose time came after it was known.</summary>
    private static void CheckBreaches(CheckContext context, FindingBuilder finding)
    {
        ILookup<string, SystemFact> breaches = context.FactsOf("told").Where(told => told.Text("kind") == "breach").ToLookup(told => told.Subject());
        foreach (SystemFact deadline in context.FactsOf("deadlines"))
        {
            finding.Judged();
            int[] steps = [.. breaches[deadline.Subject()].Select(told => told.Number("step")).Order()];
            if (!steps.SequenceEqual(Enumerable.Range(1, steps.Length)) || deadline.Number("breaches") != steps.Length) finding.Violates("steps", () => $"the alerts of ticket {deadline.Subject()} are {string.Join(", ", steps)}, and {deadline.Number("breaches")} are counted", [deadline.OperationId]);
            if (deadline.Text("outcome") == "missed" && steps.Length == 0) finding.Violates("no-alert", () => $"ticket {deadline.Subject()} missed its deadline, and nobody was alerted", [deadline.OperationId]);
            foreach (SystemFact late in breaches[deadline.Subject()].Where(told => deadline.Value.GetProperty("resolved_seen_at").ValueKind == JsonValueKind.String && told.Time("at") > deadline.Time("resolved_seen_at") + Rounding))
            {
                finding.Violates("after-the-end", () => $"alert {late.Number("step")} of ticket {late.Subject()} was given after its resolution was known", [late.OperationId]);
            }
        }
    }
}
