using System.Text.Json;
using Faultline.Verification.Experiments;

namespace TicketFlow.Checks.Workloads;

/// <summary>Tickets of a company whose agreement allows seconds: some are answered in time, some late, some are blocked past what would have been their deadline.</summary>
internal sealed class DeadlinesWorkload : IWorkload
{
    private readonly DeskTokens _tokens = new();

    public WorkloadDescription Description { get; } = new(
        "deadlines", "tickets of a company whose agreement allows seconds (low 12, medium 8, high 4, critical 2; alerts repeated after 2, 4, 8 ... s): answered in time, late, or blocked past the deadline");

    /// <summary>A ticket that is left in the middle would have its timers run on; on a busy machine the whole life of one takes its time.</summary>
    public TimeSpan Limit => DeskVisit.Limit;

    public async Task<OperationEnd> RunAsync(WorkloadCall call, CancellationToken stop)
    {
        var visit = new DeskVisit(call, _tokens);
        string supervisor = DeskVisit.Supervisors[(int)(call.Number % 2)], agent = DeskVisit.Agents[(int)(call.Number % 6)];
        (string story, string severity) = (call.Number % 4) switch
        {
            0 => ("in time", "low"),
            1 => ("late", "critical"),
            2 => ("blocked", "high"),
            _ => ("unassigned", "high"),
        };
        return await visit.RunAsync(async () =>
        {
            var inquiry = IntakeWorkload.InquiryOf(call, foreignOnly: false) with { Email = $"customer{call.Number}@brief.example" };
            await visit.SubmitAsync(IntakeWorkload.BodyOf(inquiry), stop);
            JsonElement ticket = await visit.SeeAsync(supervisor, seen => seen.GetProperty("state").GetString() == "awaiting-qualification", stop);
            await visit.ActAsync(supervisor, "qualification", new { type = "question", severity }, stop);
            if (story != "unassigned") await visit.ActAsync(supervisor, "assignment", new { personId = await visit.PersonAsync(agent, stop) }, stop);

            DateTimeOffset created = ticket.GetProperty("createdAt").GetDateTimeOffset();
            if (story == "blocked")
            {
                // Longer than what is left of the 4 s: without the stop of the clock it would be late.
                await visit.ActAsync(agent, "block", new { reason = "waits for the customer" }, stop);
                await UntilAsync(created + TimeSpan.FromSeconds(5), call, stop);
                await visit.ActAsync(agent, "unblock", new { }, stop);
            }

            // Late: after the first repetition of the alert, 2 + 2 s after the creation. Unassigned: after all reminders, 3.6 s.
            if (story == "late") await UntilAsync(created + TimeSpan.FromSeconds(5), call, stop);
            if (story == "unassigned") await UntilAsync(created + TimeSpan.FromSeconds(4.5), call, stop);
            await visit.ActAsync(supervisor, "resolution", new { text = "It is solved." }, stop);
            return new { story, severity, resolved = true };
        });
    }

    private static Task UntilAsync(DateTimeOffset at, WorkloadCall call, CancellationToken stop)
    {
        TimeSpan left = at - call.Time.GetUtcNow();
        return left > TimeSpan.Zero ? Task.Delay(left, call.Time, stop) : Task.CompletedTask;
    }
}
