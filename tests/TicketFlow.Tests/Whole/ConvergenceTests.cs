using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Faultline.Hosting;
using Faultline.Protocol.Guards;
using Faultline.TestSupport;
using Npgsql;

namespace TicketFlow.Tests.Whole;

/// <summary>All services of TicketFlow in one process, on real databases, with a broker that gives messages out in any order that a broker may.</summary>
public sealed class ConvergenceTests : IAsyncLifetime
{
    private const int Orders = 12;
    private const string Key = "a key that only this test knows, and long";

    private static readonly SystemDefinition System = new("ticketflow", [.. TicketFlowSystem.Definition.Services.Where(service => service.Name != TicketFlowSystem.Definition.MetricsService)]);
    private static readonly string[] MayStand = ["ticketflow/inquiries", "ticketflow/translations", "ticketflow/sla", "ticketflow/communication"];

    private readonly ShuffledBroker _broker = new();
    private readonly HashSet<string> _begins = [];
    private readonly Dictionary<string, PostgresDatabase> _databases = [];
    private readonly Dictionary<string, RunningService> _services = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
    private readonly string _mail = Directory.CreateTempSubdirectory("ticketflow-whole-").FullName;

    public async ValueTask InitializeAsync()
    {
        foreach (ServiceDefinition service in System.Services)
        {
            var database = new PostgresDatabase();
            await database.InitializeAsync();
            _databases[service.Name] = database;
            _services[service.Name] = await RunningService.StartAsync(System, service.Name, database.ConnectionString, _ => Task.FromResult<(Faultline.Messaging.Transport.ITransport, IAsyncDisposable?)>((_broker.Connect(), null)), $"--Faultline:SystemKey={Key}", $"--Faultline:Data={_mail}", "--TicketFlow:TranslationLimit=00:00:01");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (RunningService service in _services.Values) await service.DisposeAsync();
        _broker.Dispose();
        foreach (PostgresDatabase database in _databases.Values) await database.DisposeAsync();
        Directory.Delete(_mail, recursive: true);
    }

    [Fact]
    public async Task Any_order_of_the_events_of_a_ticket_with_repeats_ends_in_the_same_state_everywhere()
    {
        string token = await SignInAsync();
        string? expected = null;
        for (int seed = 1; seed <= Orders; seed++)
        {
            string state = await EndOfAsync(seed, token);
            expected ??= state;
            state.ShouldBe(expected, $"order {seed}");
        }

        expected.ShouldNotBeNull().ShouldContain("resolved");
        _broker.Repeated.ShouldBeGreaterThan(Orders, "messages came twice");
        string.Join(", ", _begins.Order()).ShouldBe("awaiting-qualification, awaiting-translation", "translations came before their inquiries and after them");
    }

    [Fact]
    public async Task Without_the_inbox_a_repeat_shows_in_the_state()
    {
        string token = await SignInAsync();
        string expected = await EndOfAsync(seed: 1, token);
        foreach (RunningService service in _services.Values) await service.SwitchAsync(GuardNames.Inbox, on: false);

        for (int seed = 2; seed <= Orders; seed++)
        {
            if (await EndOfAsync(seed, token) != expected) return;
        }

        Assert.Fail("messages were handled twice, and the comparison saw none of it");
    }

    /// <summary>The state of one ticket after its whole life, in one order of its events.</summary>
    private async Task<string> EndOfAsync(int seed, string token)
    {
        _broker.Shuffle(seed, MayStand, late: ("ticketflow/tickets", "ticketflow/inquiries"));
        string id = await LiveAsync(token);
        _broker.LetGo();
        await RestAsync();
        _begins.Add(await AskAsync(_databases["ticketflow/tickets"], $"select to_state from step where ticket_id = '{id}' and version = 1"));
        return await StateOfAsync(id);
    }

    /// <summary>The life of one ticket, from the inquiry to the answer. What other services are to learn of it may stand still all the time.</summary>
    private async Task<string> LiveAsync(string token)
    {
        JsonElement inquiry = await SendAsync("inquiries", "/inquiries", null, new { name = "Ana", email = "ana@fabrikam.example", title = "Frage zur Rechnung", description = "Ich habe eine Frage zu meiner Rechnung vom Mai, bitte helfen Sie mir.", category = "billing" });
        string id = inquiry.GetProperty("id").GetString()!, link = inquiry.GetProperty("statusLink").GetString()!;
        await SendAsync("tickets", $"/tickets/{id}/qualification", token, new { type = "incident", severity = "low" });
        await SendAsync("inquiries", $"{link}/replies", null, new { text = "Es ist die Rechnung vom Mai, bitte helfen Sie mir." });
        await SendAsync("tickets", $"/tickets/{id}/assignment", token, new { personId = "0199a000-0000-7000-8000-000000000003" });
        await SendAsync("tickets", $"/tickets/{id}/replies", token, new { text = "Thank you for your inquiry." });
        await SendAsync("tickets", $"/tickets/{id}/block", token, new { reason = "waits" });
        await SendAsync("tickets", $"/tickets/{id}/unblock", token, new { });
        await SendAsync("tickets", $"/tickets/{id}/resolution", token, new { text = "The invoice is right now." });
        return id;
    }

    /// <summary>Sends a request until it is accepted: the ticket may not be there yet, or not so far.</summary>
    private async Task<JsonElement> SendAsync(string service, string path, string? token, object body)
    {
        JsonElement answer = default;
        await Limits.UntilAsync(
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_services[$"ticketflow/{service}"].Address, path)) { Content = JsonContent.Create(body) };
                if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                using HttpResponseMessage reply = await _http.SendAsync(request, TestContext.Current.CancellationToken);
                answer = await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
                return reply.IsSuccessStatusCode ? true : reply.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict ? false : throw new InvalidOperationException($"{path}: {answer}");
            },
            $"{path} was accepted");
        return answer;
    }

    private async Task<string> SignInAsync() => (await SendAsync("tickets", "/sign-in", null, new { email = "ruth.okafor@desk.example", password = "ticketflow" })).GetProperty("token").GetString()!;

    /// <summary>Waits until nothing is on its way.</summary>
    private Task RestAsync() => Limits.UntilAsync(
        async () =>
        {
            foreach (PostgresDatabase database in _databases.Values)
            {
                if (!_broker.IsEmpty || await AskAsync(database, "select (select count(*) from faultline.outbox) + (select count(*) from faultline.parked)") != "0") return false;
            }

            return _broker.IsEmpty;
        },
        "everything had arrived");

    /// <summary>What each service knows of a ticket, without ids and times.</summary>
    private async Task<string> StateOfAsync(string id)
    {
        (string Service, string Query)[] queries =
        [
            ("inquiries", "select json_build_object('status', status, 'version', ticket_version - {1}) from inquiry where id = '{0}'"),
            ("inquiries", "select json_agg(said order by said) from (select kind || ' ' || greatest(ticket_version - {1}, 0) || ' ' || coalesce(author, '') || ' ' || text as said from entry where inquiry_id = '{0}' and (kind <> 'status' or ticket_version > {1})) e"),
            ("inquiries", "select count(*) from entry e join text_translation t on t.text_id = e.text_id where e.inquiry_id = '{0}'"),
            ("translations", "select json_build_object('outcome', outcome, 'times', times) from translation where inquiry_id = '{0}'"),
            ("tickets", "select json_build_object('state', state, 'version', version - {1}, 'english', english_title, 'mark', mark, 'kind', kind, 'severity', severity, 'agreement', agreement, 'outcome', outcome, 'breaches', breaches, 'revision', sla_revision, 'stopped', stopped_at) from ticket where id = '{0}'"),
            ("tickets", "select json_agg(event || ' ' || (version - {1}) order by id) from step where ticket_id = '{0}' and version > {1}"),
            ("tickets", "select json_agg(kind || ' ' || text order by kind, text) from talk where ticket_id = '{0}'"),
            ("tickets", "select count(*) from talk join talk_translation t on t.text_id = talk.id where ticket_id = '{0}'"),
            ("tickets", "select json_agg(kind order by kind) from notice where ticket_id = '{0}'"),
            ("sla", "select json_build_object('version', version - {1}, 'revision', revision, 'agreement', agreement, 'outcome', outcome, 'breaches', breaches, 'assignee', assignee_email, 'stopped', stopped_at, 'due', extract(epoch from allowed)) from deadline where ticket_id = '{0}'"),
            ("sla", "select count(*) from faultline.schedule"),
            ("communication", "select json_agg(kind || ' ' || times || ' ' || (sent_at is not null) order by kind) from letter where ticket_id = '{0}'"),
        ];
        // Whether the translation was there before the inquiry decides how the ticket began, and so from which version on its life is the same.
        string ready = await AskAsync(_databases["ticketflow/tickets"], $"select max(version) from step where ticket_id = '{id}' and to_state = 'awaiting-qualification'");
        var state = new List<string>();
        foreach ((string service, string query) in queries) state.Add($"{service}: {await AskAsync(_databases[$"ticketflow/{service}"], query.Replace("{0}", id, StringComparison.Ordinal).Replace("{1}", ready, StringComparison.Ordinal))}");
        return string.Join('\n', state);
    }

    private static async Task<string> AskAsync(PostgresDatabase database, string query)
    {
        await using NpgsqlCommand command = database.Source.CreateCommand(query);
        return (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))?.ToString() ?? "nothing";
    }
}
