using System.Text.Json;
using Faultline.Verification.Experiments;

namespace TicketFlow.Checks.Workloads;

/// <summary>Two people act on one ticket at once, and a customer sends twice at once: one of two wins, and nothing is lost.</summary>
internal sealed class RacesWorkload : IWorkload
{
    private readonly DeskTokens _tokens = new();

    public WorkloadDescription Description { get; } = new("races", "two people act on one ticket at once, and customers send twice at once: one of two wins, and nothing is lost");

    /// <summary>A ticket that is left in the middle would have its timers run on; on a busy machine the whole life of one takes its time.</summary>
    public TimeSpan Limit => DeskVisit.Limit;

    public async Task<OperationEnd> RunAsync(WorkloadCall call, CancellationToken stop)
    {
        var visit = new DeskVisit(call, _tokens);
        string first = DeskVisit.Supervisors[0], second = DeskVisit.Supervisors[1];
        string agent = DeskVisit.Agents[(int)(call.Number % 6)], rival = DeskVisit.Agents[(int)((call.Number + 3) % 6)];
        return await visit.RunAsync(async () =>
        {
            byte[] body = IntakeWorkload.BodyOf(IntakeWorkload.InquiryOf(call, foreignOnly: true));
            // The same inquiry by two requests at once, with one key: a double click.
            var twin = new DeskVisit(call, _tokens);
            await Task.WhenAll(visit.SubmitAsync(body, stop), twin.SubmitAsync(body, stop));
            await visit.SeeAsync(first, ticket => ticket.GetProperty("state").GetString() == "awaiting-qualification", stop);
            (string severity, int qualified) = await RaceAsync(visit, "qualification", (first, new { type = "question", severity = "low" }, "low"), (second, new { type = "incident", severity = "high" }, "high"), stop);

            await visit.SeeAsync(first, ticket => ticket.GetProperty("state").GetString() == "qualified", stop);
            string agentId = await visit.PersonAsync(agent, stop), rivalId = await visit.PersonAsync(rival, stop);
            (string assignee, int assigned) = await RaceAsync(visit, "assignment", (agent, new { personId = agentId }, agentId), (rival, new { personId = rivalId }, rivalId), stop);

            await visit.SeeAsync(first, ticket => ticket.GetProperty("assigneeId").ValueKind == JsonValueKind.String, stop);
            (_, int resolved) = await RaceAsync(visit, "resolution", (first, new { text = "The first answer." }, "first"), (second, new { text = "The second answer." }, "second"), stop);
            return new { sameInquiry = visit.Id == twin.Id, qualified, assigned, resolved, severity, assignee };
        });
    }

    /// <summary>Two people do the same at once to the ticket as it was seen. Who won, and how many did.</summary>
    private static async Task<(string Winner, int Winners)> RaceAsync(DeskVisit visit, string verb, (string Who, object Body, string Name) one, (string Who, object Body, string Name) two, CancellationToken stop)
    {
        int seen = visit.Version;
        Answer[] answers = await Task.WhenAll(visit.TryAsync(one.Who, verb, one.Body, $"{verb}-one", seen, stop), visit.TryAsync(two.Who, verb, two.Body, $"{verb}-two", seen, stop));
        // Whoever was slower is told so: it is not his ticket any more, or not as he saw it.
        foreach (Answer answer in answers.Where(answer => !answer.IsDone && answer.Status is not (409 or 403))) throw new StepException(verb, answer);
        return (answers[0].IsDone ? one.Name : two.Name, answers.Count(answer => answer.IsDone));
    }
}
