using System.Net;
using System.Text.Json;

namespace Faultline.EndToEnd.TicketFlow;

[Collection(DeskCollection.Name)]
public sealed class ProducersDownTests(DeskLab desk)
{
    private static readonly string[] Producers = ["ticketflow/tickets", "ticketflow/inquiries", "ticketflow/translations"];

    [Fact]
    public async Task Deadlines_run_and_letters_leave_while_everybody_who_told_of_the_ticket_is_down()
    {
        (string id, _) = await desk.SubmitAsync(email: "it@brief.example"); // Whose agreement allows seconds: low 12.
        await Limits.UntilAsync(async () => await desk.StateOfAsync(id) == "awaiting-qualification", "the inquiry became a ticket");
        (await desk.ActAsync(id, "qualification", new { type = "question", severity = "low" })).Status.ShouldBe(HttpStatusCode.OK);
        await Limits.UntilAsync(async () => (await desk.TicketAsync(id))!.Value.GetProperty("deadline").ValueKind == JsonValueKind.Object, "sla knew of the ticket");

        try
        {
            foreach (string service in Producers) await desk.Lab.PostAsync("/api/disruptions", new { verb = "stop", target = service });
            LettersOf(id).ShouldNotContain($"sla-breached-{id}-1", "the producers were down before the deadline");

            await Limits.UntilAsync(() => Task.FromResult(LettersOf(id).Contains($"sla-breached-{id}-1")), "the alert of the deadline left");
            foreach (string service in Producers) (await desk.Lab.InstancesAsync(service))[0].GetProperty("state").GetString().ShouldBe("stopped", service);
            LettersOf(id).ShouldBeSubsetOf(new[] { 50, 75, 90 }.Select(percent => $"reminder-{id}-{percent}").Concat(Enumerable.Range(1, 9).Select(step => $"sla-breached-{id}-{step}")));
        }
        finally
        {
            using HttpResponseMessage healed = await desk.Lab.Http.DeleteAsync(new Uri(desk.Lab.Address, "/api/disruptions"), TestContext.Current.CancellationToken);
            healed.EnsureSuccessStatusCode();
        }

        await Limits.UntilAsync(async () => (await desk.ActAsync(id, "resolution", new { text = "Done." })).Status == HttpStatusCode.OK, "the desk answered again");
        await Limits.UntilAsync(async () => (await KindsAsync(id)).Count(kind => kind == "reminder") == 3, "the desk saw what had been told meanwhile");
        (await desk.TicketAsync(id))!.Value.GetProperty("deadline").GetProperty("breaches").GetInt32().ShouldBeGreaterThan(0);
    }

    /// <summary>The letters about a ticket that have left, by the names of their files. Ids are unguessable, so those of another lab are none of this ticket.</summary>
    private static string[] LettersOf(string id) =>
        [.. Directory.EnumerateFiles(Path.Combine(Lab.Repository(), ".faultline", "labs"), $"*{id}*.eml", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Select(file => Path.GetFileNameWithoutExtension(file))];

    private async Task<string?[]> KindsAsync(string id) =>
        [.. (await desk.SendAsync(HttpMethod.Get, "tickets", $"/messages?ticket={id}", email: DeskLab.Agent)).Body.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("kind").GetString())];
}
