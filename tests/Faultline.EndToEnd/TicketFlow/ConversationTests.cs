using System.Net;
using System.Text.Json;

namespace Faultline.EndToEnd.TicketFlow;

[Collection(DeskCollection.Name)]
public sealed class ConversationTests(DeskLab desk)
{
    [Fact]
    public async Task Both_sides_see_one_conversation_and_the_answer_reaches_the_customer_once_with_its_translation()
    {
        (string id, string link) = await desk.SubmitAsync(isEnglish: false);
        await Limits.UntilAsync(async () => await desk.StateOfAsync(id) == "awaiting-qualification", "the inquiry became a ticket");
        (await desk.ActAsync(id, "replies", new { text = "Thank you for your inquiry. Which invoice is it?" })).Status.ShouldBe(HttpStatusCode.Accepted);
        (await desk.SendAsync(HttpMethod.Post, "inquiries", $"/inquiries/{id}/{link}/replies", new { text = "Es ist die Rechnung vom Mai, bitte helfen Sie mir." })).Status.ShouldBe(HttpStatusCode.Accepted);
        (await desk.ActAsync(id, "notes", new { text = "a regular customer" })).Status.ShouldBe(HttpStatusCode.Created);
        (await desk.ActAsync(id, "qualification", new { type = "incident", severity = "medium" })).Status.ShouldBe(HttpStatusCode.OK);
        (await desk.ActAsync(id, "resolution", new { text = "The invoice is right now. Thank you." })).Status.ShouldBe(HttpStatusCode.OK);

        await Limits.UntilAsync(async () => (await CustomerAsync(id, link)).Count(entry => entry.GetProperty("kind").GetString() == "desk" && entry.GetProperty("translatedText").ValueKind == JsonValueKind.String) == 2, "the customer had both answers, translated");
        await Limits.UntilAsync(async () => (await TalksAsync(id)).All(talk => talk.GetProperty("translatedText").ValueKind == JsonValueKind.String), "the desk had everything translated");

        JsonElement[] customer = [.. (await CustomerAsync(id, link)).Where(entry => entry.GetProperty("kind").GetString() != "status")];
        customer.Select(entry => entry.GetProperty("kind").GetString()).Order().ShouldBe(["customer", "customer", "desk", "desk"]);
        customer.Select(entry => entry.GetProperty("text").GetString()).ShouldNotContain("a regular customer");
        JsonElement ticket = (await desk.TicketAsync(id))!.Value;
        ticket.GetProperty("conversation").EnumerateArray().Select(talk => talk.GetProperty("kind").GetString()).Order().ShouldBe(["agent", "customer", "resolution"]);
        ticket.GetProperty("notes").EnumerateArray().Single().GetProperty("text").GetString().ShouldBe("a regular customer");
        JsonElement[] messages = [.. (await desk.SendAsync(HttpMethod.Get, "tickets", $"/messages?ticket={id}", email: DeskLab.Agent)).Body.GetProperty("messages").EnumerateArray()];
        messages.Select(message => message.GetProperty("kind").GetString()).Order().ShouldBe(["alert", "reply", "resolution"]);

        (HttpStatusCode late, JsonElement refused) = await desk.SendAsync(HttpMethod.Post, "inquiries", $"/inquiries/{id}/{link}/replies", new { text = "One more thing." });
        await Limits.UntilAsync(async () => (await desk.SendAsync(HttpMethod.Get, "inquiries", $"/inquiries/{id}/{link}")).Body.GetProperty("status").GetString() == "resolved", "the customer saw the resolution");
        if (late != HttpStatusCode.Accepted) refused.GetProperty("code").GetString().ShouldBe("inquiry.answered");
        (await desk.SendAsync(HttpMethod.Post, "inquiries", $"/inquiries/{id}/{link}/replies", new { text = "And another." })).Status.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Deadlines_follow_the_agreement_of_the_domain_and_stand_still_while_the_ticket_is_blocked()
    {
        (string id, _) = await desk.SubmitAsync(email: "it@fabrikam.example");
        await Limits.UntilAsync(async () => await desk.StateOfAsync(id) == "awaiting-qualification", "the inquiry became a ticket");
        (await desk.ActAsync(id, "qualification", new { type = "question", severity = "low" })).Status.ShouldBe(HttpStatusCode.OK);
        await Limits.UntilAsync(async () => (await DeadlineAsync(id)).ValueKind == JsonValueKind.Object, "the desk knew the deadline");
        JsonElement ticket = (await desk.TicketAsync(id))!.Value, running = await DeadlineAsync(id);

        running.GetProperty("agreement").GetString().ShouldBe("vip");
        (running.GetProperty("dueAt").GetDateTimeOffset() - ticket.GetProperty("createdAt").GetDateTimeOffset()).ShouldBe(TimeSpan.FromMinutes(30));

        (await desk.ActAsync(id, "block", new { reason = "waits" })).Status.ShouldBe(HttpStatusCode.OK);
        await Limits.UntilAsync(async () => (await DeadlineAsync(id)).GetProperty("stoppedAt").ValueKind == JsonValueKind.String, "the clock stood");
        (await desk.ActAsync(id, "unblock", new { })).Status.ShouldBe(HttpStatusCode.OK);
        await Limits.UntilAsync(async () => (await DeadlineAsync(id)) is var went && went.GetProperty("stoppedAt").ValueKind == JsonValueKind.Null && went.GetProperty("blockedMs").GetInt64() > 0, "the clock went on");

        JsonElement[] steps = [.. (await desk.TicketAsync(id))!.Value.GetProperty("history").EnumerateArray()];
        TimeSpan blocked = steps.Single(step => step.GetProperty("event").GetString() == "unblocked").GetProperty("at").GetDateTimeOffset() - steps.Single(step => step.GetProperty("event").GetString() == "blocked").GetProperty("at").GetDateTimeOffset();
        ((await DeadlineAsync(id)).GetProperty("dueAt").GetDateTimeOffset() - running.GetProperty("dueAt").GetDateTimeOffset() - blocked).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(2));

        (await desk.ActAsync(id, "resolution", new { text = "Done." })).Status.ShouldBe(HttpStatusCode.OK);
        await Limits.UntilAsync(async () => (await DeadlineAsync(id)).GetProperty("outcome").GetString() == "met", "the deadline was met");
    }

    private async Task<JsonElement[]> CustomerAsync(string id, string link) =>
        [.. (await desk.SendAsync(HttpMethod.Get, "inquiries", $"/inquiries/{id}/{link}")).Body.GetProperty("conversation").EnumerateArray()];

    private async Task<JsonElement[]> TalksAsync(string id) => [.. (await desk.TicketAsync(id))!.Value.GetProperty("conversation").EnumerateArray()];

    private async Task<JsonElement> DeadlineAsync(string id) => (await desk.TicketAsync(id))!.Value.GetProperty("deadline");
}
