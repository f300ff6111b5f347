using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Faultline.EndToEnd;

public sealed class LabTests
{
    private static readonly object Inquiry = new
    {
        name = "Ana Beispiel",
        email = "ana@kunde.example",
        title = "Frage zur Rechnung",
        description = "Ich habe eine Frage zu meiner Rechnung vom Mai, bitte helfen Sie mir.",
        category = "billing",
    };

    [Fact]
    public async Task An_inquiry_becomes_a_ticket_also_across_the_death_of_a_service_and_the_end_of_the_lab_leaves_nothing()
    {
        await using Lab lab = await Lab.StartAsync();

        (string id, Uri link) = await SubmitAsync(lab);
        await Limits.UntilAsync(() => HasStatusAsync(lab, link, "awaiting-qualification"), "the inquiry became a ticket");
        JsonElement journey = await lab.GetAsync($"/api/journey/{id}");
        journey.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("what").GetString()).ShouldContain("ticketflow.inquiry-submitted handled");

        int before = await PidOfAsync(lab, "ticketflow/tickets");
        await lab.PostAsync("/api/disruptions", new { verb = "kill", target = "ticketflow/tickets" });
        (_, Uri second) = await SubmitAsync(lab);
        await Limits.UntilAsync(() => HasStatusAsync(lab, second, "awaiting-qualification"), "an inquiry became a ticket after the service had come back");
        (await PidOfAsync(lab, "ticketflow/tickets")).ShouldNotBe(before);

        IReadOnlyList<int> pids = await lab.PidsAsync();
        pids.Count.ShouldBe(9, "the lab, two database servers, six services");
        pids.ShouldAllBe(pid => Lab.Runs(pid));
        (await lab.TerminateAsync()).ShouldBe(0);
        pids.Where(Lab.Runs).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lab_that_is_killed_takes_everything_with_it()
    {
        await using Lab lab = await Lab.StartAsync();
        IReadOnlyList<int> pids = await lab.PidsAsync();

        await lab.KillAsync();

        await Limits.UntilAsync(() => Task.FromResult(!pids.Any(Lab.Runs)), "all processes of the killed lab had ended");
    }

    [Fact]
    public async Task Dead_letters_are_put_back_from_the_command_line_one_by_its_number_and_then_all()
    {
        await using Lab lab = await Lab.StartAsync();
        (await lab.RunAsync("anomalies", "add", "ticketflow/tickets", "consume.handle.before", "exception", "--transient", "false", "--type", "ticketflow.inquiry-submitted")).ExitCode.ShouldBe(0);
        Uri[] links = [(await SubmitAsync(lab)).Link, (await SubmitAsync(lab)).Link];
        await Limits.UntilAsync(async () => (await lab.GetAsync("/api/deadletters")).GetArrayLength() == 2, "both messages were dead letters");
        (await lab.RunAsync("anomalies", "clear")).ExitCode.ShouldBe(0);

        long first = (await lab.GetAsync("/api/deadletters"))[0].GetProperty("id").GetInt64();
        CommandRun one = await lab.RunAsync("deadletters", "replay", "ticketflow/tickets", $"{first}");
        CommandRun all = await lab.RunAsync("deadletters", "replay", "ticketflow/tickets", "--all");

        (one.ExitCode, all.ExitCode).ShouldBe((0, 0), one.Error + all.Error);
        foreach (Uri link in links) await Limits.UntilAsync(() => HasStatusAsync(lab, link, "awaiting-qualification"), "a message that was put back has arrived");
        (await lab.GetAsync("/api/deadletters")).GetArrayLength().ShouldBe(0);
    }

    private static async Task<(string Id, Uri Link)> SubmitAsync(Lab lab)
    {
        IReadOnlyList<JsonElement> instances = await lab.InstancesAsync("ticketflow/inquiries");
        var inquiries = new Uri(instances[0].GetProperty("address").GetString()!);
        using HttpResponseMessage reply = await lab.Http.PostAsJsonAsync(new Uri(inquiries, "/inquiries"), Inquiry, TestContext.Current.CancellationToken);
        reply.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        JsonElement body = await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return (body.GetProperty("id").GetString()!, new Uri(inquiries, body.GetProperty("statusLink").GetString()!));
    }

    private static async Task<bool> HasStatusAsync(Lab lab, Uri link, string status) =>
        (await lab.Http.GetFromJsonAsync<JsonElement>(link, TestContext.Current.CancellationToken)).GetProperty("status").GetString() == status;

    private static async Task<int> PidOfAsync(Lab lab, string service) => (await lab.InstancesAsync(service))[0].GetProperty("pid").GetInt32();
}
