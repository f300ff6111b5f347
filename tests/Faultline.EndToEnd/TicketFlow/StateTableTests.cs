using System.Net;
using System.Text.Json;

namespace Faultline.EndToEnd.TicketFlow;

[Collection(DeskCollection.Name)]
public sealed class StateTableTests(DeskLab desk)
{
    private static readonly string[] States = ["awaiting-translation", "awaiting-qualification", "qualified", "blocked", "resolved"];
    private static readonly string[] Verbs = ["qualification", "assignment", "block", "unblock", "resolution"];

    /// <summary>The table of the specification: what people may do, and what comes of it.</summary>
    private static readonly Dictionary<(string State, string Verb), string> Allowed = new()
    {
        [("awaiting-qualification", "qualification")] = "qualified",
        [("qualified", "assignment")] = "qualified",
        [("qualified", "block")] = "blocked",
        [("blocked", "unblock")] = "qualified",
        [("qualified", "resolution")] = "resolved",
    };

    public static TheoryData<string, string> Cells() => [.. States.Where(state => state != "awaiting-translation").SelectMany(state => Verbs.Select(verb => (state, verb)))];

    [Theory, MemberData(nameof(Cells))]
    public async Task A_cell_of_the_state_table_is_allowed_or_refused_without_a_change(string state, string verb)
    {
        string id = await desk.TicketInAsync(state);
        int version = (await desk.TicketAsync(id))!.Value.GetProperty("version").GetInt32();

        (HttpStatusCode status, JsonElement reply) = await desk.ActAsync(id, verb, await BodyOfAsync(verb), seen: version);

        JsonElement after = (await desk.TicketAsync(id))!.Value;
        if (Allowed.TryGetValue((state, verb), out string? next))
        {
            status.ShouldBe(HttpStatusCode.OK);
            (reply.GetProperty("state").GetString(), after.GetProperty("state").GetString(), after.GetProperty("version").GetInt32()).ShouldBe((next, next, version + 1));
            return;
        }

        status.ShouldBe(HttpStatusCode.Conflict);
        (reply.GetProperty("state").GetString(), reply.GetProperty("version").GetInt32()).ShouldBe((state, version));
        (after.GetProperty("state").GetString(), after.GetProperty("version").GetInt32()).ShouldBe((state, version));
        after.GetProperty("history").GetArrayLength().ShouldBe(version);
    }

    [Fact]
    public async Task Nobody_can_do_anything_to_a_ticket_that_waits_for_its_translation_and_in_time_it_waits_no_more()
    {
        await desk.Lab.PostAsync("/api/disruptions", new { verb = "pause", target = "ticketflow/translations" });
        try
        {
            foreach (string verb in Verbs) await RefusedWhileWaitingAsync(verb);

            // The translation never comes: a person gets the ticket, with a mark.
            (string id, _) = await desk.SubmitAsync(isEnglish: false);
            await Limits.UntilAsync(async () => await desk.StateOfAsync(id) == "awaiting-qualification", "the ticket was released to a person");
            (await desk.TicketAsync(id))!.Value.GetProperty("mark").GetString().ShouldBe("not translated in time");
        }
        finally
        {
            await desk.Lab.PostAsync("/api/disruptions", new { verb = "resume", target = "ticketflow/translations" });
        }
    }

    [Fact]
    public async Task Who_was_slower_than_somebody_else_is_told_so_and_changes_nothing()
    {
        string id = await desk.TicketInAsync("qualified");
        int seen = (await desk.TicketAsync(id))!.Value.GetProperty("version").GetInt32();
        (await desk.ActAsync(id, "assignment", new { personId = await desk.PersonAsync(DeskLab.Agent) }, seen: seen)).Status.ShouldBe(HttpStatusCode.OK);

        (HttpStatusCode status, JsonElement reply) = await desk.ActAsync(id, "assignment", new { personId = await desk.PersonAsync(DeskLab.OtherAgent) }, seen: seen);

        status.ShouldBe(HttpStatusCode.Conflict);
        reply.GetProperty("allowed").EnumerateArray().Select(action => action.GetString()).ShouldBe(["assign", "block", "resolve"]);
        (await desk.TicketAsync(id))!.Value.GetProperty("assignee").GetString().ShouldBe("Ana Prieto");
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_is_answered_as_before_and_done_once()
    {
        string id = await desk.TicketInAsync("qualified");
        var block = new { reason = "waits for the supplier" };

        (HttpStatusCode first, JsonElement before) = await desk.ActAsync(id, "block", block, seen: 2, key: $"block-{id}");
        (HttpStatusCode second, JsonElement after) = await desk.ActAsync(id, "block", block, seen: 2, key: $"block-{id}");

        (first, second).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));
        after.GetRawText().ShouldBe(before.GetRawText());
        (await desk.ActAsync(id, "block", block, DeskLab.Agent, seen: 2, key: $"block-{id}")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity, "the key is somebody else's");
        (await desk.TicketAsync(id))!.Value.GetProperty("version").GetInt32().ShouldBe(3);
    }

    /// <summary>In a lab a ticket waits 3 s for its translation; a look that came too late is taken anew, on a new ticket.</summary>
    private async Task RefusedWhileWaitingAsync(string verb)
    {
        await Limits.UntilAsync(
            async () =>
            {
                (string id, _) = await desk.SubmitAsync(isEnglish: false);
                await Limits.UntilAsync(async () => await desk.StateOfAsync(id) is not null, "the inquiry became a ticket");
                (HttpStatusCode status, JsonElement reply) = await desk.ActAsync(id, verb, await BodyOfAsync(verb));
                if (status == HttpStatusCode.OK || reply.GetProperty("state").GetString() != "awaiting-translation") return false;

                status.ShouldBe(HttpStatusCode.Conflict);
                reply.GetProperty("allowed").GetArrayLength().ShouldBe(0);
                return true;
            },
            $"{verb} was tried on a ticket that waits for its translation");
    }

    private async Task<object> BodyOfAsync(string verb) => verb switch
    {
        "qualification" => new { type = "incident", severity = "high" },
        "assignment" => new { personId = await desk.PersonAsync(DeskLab.Agent) },
        "block" => new { reason = "waits" },
        "unblock" => new { },
        _ => new { text = "Solved." },
    };
}
