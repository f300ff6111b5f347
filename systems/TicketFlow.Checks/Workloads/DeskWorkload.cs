using Faultline.Verification.Experiments;

namespace TicketFlow.Checks.Workloads;

/// <summary>Agents and supervisors work tickets to the end, and write with the customer meanwhile; each operation is the life of one ticket.</summary>
internal sealed class DeskWorkload : IWorkload
{
    private static readonly string[] Severities = ["low", "medium", "high"];

    private readonly DeskTokens _tokens = new();

    public WorkloadDescription Description { get; } = new("desk", "customers write, agents and supervisors work the tickets to the end; each operation is the life of one ticket");

    /// <summary>A ticket that is left in the middle would have its timers run on; on a busy machine the whole life of one takes its time.</summary>
    public TimeSpan Limit => DeskVisit.Limit;

    public async Task<OperationEnd> RunAsync(WorkloadCall call, CancellationToken stop)
    {
        var visit = new DeskVisit(call, _tokens);
        int number = (int)(call.Number % 12);
        string supervisor = DeskVisit.Supervisors[number % 2], agent = DeskVisit.Agents[number % 6], other = DeskVisit.Agents[(number + 1) % 6];
        string type = number % 3 == 1 ? "incident" : "question", severity = Severities[number % Severities.Length];
        return await visit.RunAsync(async () =>
        {
            await visit.SubmitAsync(IntakeWorkload.BodyOf(IntakeWorkload.InquiryOf(call, foreignOnly: false)), stop);
            await visit.SeeAsync(supervisor, ticket => ticket.GetProperty("state").GetString() == "awaiting-qualification", stop);
            await visit.ActAsync(supervisor, "qualification", new { type, severity }, stop);
            // A supervisor assigns anyone, an agent themselves; some tickets change hands.
            if (number % 4 == 1) await visit.ActAsync(agent, "assignment", new { personId = await visit.PersonAsync(agent, stop) }, stop);
            else await visit.ActAsync(supervisor, "assignment", new { personId = await visit.PersonAsync(agent, stop) }, stop);
            if (number % 4 == 3)
            {
                await visit.ActAsync(supervisor, "assignment", new { personId = await visit.PersonAsync(other, stop) }, stop, key: "reassignment");
                agent = other;
            }

            bool talks = number % 2 == 1, waits = number % 4 == 2;
            string? asked = talks ? (await visit.ActAsync(agent, "replies", new { text = "Thank you. Can you tell us since when?" }, stop, isSeen: false)).Text("replyId") : null;
            string? answered = talks ? await visit.ReplyAsync("Since yesterday morning, thank you for your help.", stop) : null;
            if (waits)
            {
                await visit.ActAsync(agent, "block", new { reason = "waits for the supplier" }, stop);
                await visit.ActAsync(agent, "notes", new { text = "the supplier calls back" }, stop, isSeen: false);
                await visit.ActAsync(agent, "unblock", new { }, stop);
            }

            await visit.ActAsync(agent, "resolution", new { text = "It is solved. Please write again if it comes back." }, stop);
            return new { type, severity, asked, answered, resolved = true };
        });
    }
}
