using Faultline.Verification.Experiments;

namespace TicketFlow.Checks.Workloads;

/// <summary>Invalid, oversized and hostile input at the desk and in the conversation: what is wrong is refused with its field named and changes nothing, what only looks dangerous is taken to the letter.</summary>
internal sealed class BadDeskWorkload : IWorkload
{
    private sealed record Wrong(string Verb, object Body, string Field);

    private static readonly string Dangerous = "<script>alert(1)</script> '; drop table ticket; -- \u202Egnol\u202C \r\nBcc: everybody@desk.example\r\n.\r\n {{7*7}} ${jndi:ldap://x} 🦉";

    private static IReadOnlyList<Wrong> All { get; } =
    [
        new("qualification", new { type = "gossip", severity = "low" }, "type"),
        new("qualification", new { type = "incident" }, "severity"),
        new("qualification", new { type = 1, severity = "low" }, ""),
        new("assignment", new { personId = "00000000-0000-7000-8000-000000000000" }, "personId"),
        new("assignment", new { personId = "nobody" }, ""),
        new("block", new { reason = "" }, "reason"),
        new("block", new { reason = new string('r', 501) }, "reason"),
        new("resolution", new { text = "   " }, "text"),
        new("resolution", new { text = new string('x', 5_001) }, "text"),
        new("replies", new { text = "a\0b" }, "text"),
        new("notes", new { text = (string?)null }, "text"),
    ];

    private readonly DeskTokens _tokens = new();

    public WorkloadDescription Description { get; } = new("bad-desk", "invalid, oversized and hostile input at the desk and in the conversation; nothing breaks and nothing is stored half");

    /// <summary>A ticket that is left in the middle would have its timers run on; on a busy machine the whole life of one takes its time.</summary>
    public TimeSpan Limit => DeskVisit.Limit;

    public async Task<OperationEnd> RunAsync(WorkloadCall call, CancellationToken stop)
    {
        var visit = new DeskVisit(call, _tokens);
        string supervisor = DeskVisit.Supervisors[(int)(call.Number % 2)];
        return await visit.RunAsync(async () =>
        {
            await visit.SubmitAsync(IntakeWorkload.BodyOf(IntakeWorkload.InquiryOf(call, foreignOnly: false)), stop);
            int version = (await visit.SeeAsync(supervisor, ticket => ticket.GetProperty("state").GetString() == "awaiting-qualification", stop)).GetProperty("version").GetInt32();
            foreach ((Wrong wrong, int place) in All.Select((wrong, place) => (wrong, place))) await RefuseAsync(visit, supervisor, wrong, $"wrong-{place}", stop);

            // Nothing of all that has happened to the ticket.
            int now = (await visit.SeeAsync(supervisor, _ => true, stop)).GetProperty("version").GetInt32();
            if (now != version) throw new StepException("refused requests", new Answer(409, null, $"changed the ticket from version {version} to {now}"));

            await visit.ActAsync(supervisor, "qualification", new { type = "incident", severity = "low" }, stop);
            await visit.ActAsync(supervisor, "replies", new { text = Dangerous }, stop, isSeen: false);
            await visit.ReplyAsync(Dangerous, stop);
            await visit.ActAsync(supervisor, "notes", new { text = Dangerous }, stop, isSeen: false);
            await visit.ActAsync(supervisor, "resolution", new { text = Dangerous }, stop);
            string[] texts = [.. (await visit.SeeAsync(supervisor, ticket => ticket.GetProperty("conversation").GetArrayLength() == 3, stop)).GetProperty("conversation").EnumerateArray().Select(talk => talk.GetProperty("text").GetString()!)];
            if (texts.Any(text => text != Dangerous.Trim())) throw new StepException("hostile text", new Answer(409, null, "was changed on its way through the conversation"));

            return new { severity = "low", resolved = true };
        });
    }

    private static async Task RefuseAsync(DeskVisit visit, string who, Wrong wrong, string key, CancellationToken stop)
    {
        Answer answer = await visit.TryAsync(who, wrong.Verb, wrong.Body, key, seen: null, stop);
        bool isNamed = answer.Body is { } body && body.GetRawText().Contains(wrong.Field, StringComparison.OrdinalIgnoreCase);
        if (answer.Status == 0) throw new StepException(wrong.Verb, answer);
        if (answer.Status != 400 || !isNamed) throw new StepException($"wrong {wrong.Verb}", new Answer(409, answer.Body, $"{answer.Problem}, and must be refused with 400 that names '{wrong.Field}'"));
    }
}
