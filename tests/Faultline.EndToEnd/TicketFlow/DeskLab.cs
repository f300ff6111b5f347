using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Faultline.EndToEnd.TicketFlow;

/// <summary>One lab with TicketFlow for all tests of its desk.</summary>
public sealed class DeskLab : IAsyncLifetime
{
    public const string Supervisor = "ruth.okafor@desk.example", Agent = "ana.prieto@desk.example", OtherAgent = "tomasz.baran@desk.example";

    private readonly Dictionary<string, string> _tokens = [];
    private Lab? _lab;

    internal Lab Lab => _lab!;

    public async ValueTask InitializeAsync() => _lab = await Lab.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_lab is not null) await _lab.DisposeAsync();
    }

    /// <summary>Where a service answers.</summary>
    public async Task<Uri> AddressAsync(string service) => new((await Lab.InstancesAsync($"ticketflow/{service}"))[0].GetProperty("address").GetString()!);

    /// <summary>Signs somebody in, once.</summary>
    public async Task<string> TokenAsync(string email)
    {
        if (_tokens.TryGetValue(email, out string? known)) return known;

        (HttpStatusCode status, JsonElement reply) = await SendAsync(HttpMethod.Post, "tickets", "/sign-in", new { email, password = "ticketflow" });
        status.ShouldBe(HttpStatusCode.OK);
        return _tokens[email] = reply.GetProperty("token").GetString()!;
    }

    /// <summary>Sends a request and reads what is answered.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string service, string path, object? body = null, string? email = null, int? seen = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(await AddressAsync(service), path));
        if (body is not null) request.Content = new StringContent(JsonSerializer.Serialize(body, JsonSerializerOptions.Web), Encoding.UTF8, "application/json");
        if (email is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(email));
        if (seen is { } version) request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using HttpResponseMessage reply = await Lab.Http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (reply.StatusCode, text.Length > 0 && text[0] is '{' or '[' ? JsonSerializer.Deserialize<JsonElement>(text) : default);
    }

    /// <summary>A customer writes: the id and the unguessable part of the link.</summary>
    public async Task<(string Id, string Link)> SubmitAsync(bool isEnglish = true, string email = "ana@kunde.example")
    {
        object inquiry = isEnglish
            ? new { name = "Sam Reed", email, title = "Question about my contract", description = "Hello, I would like to know when my contract ends and what I have to do to extend it by another year.", category = "other" }
            : new { name = "Ana Beispiel", email, title = "Frage zur Rechnung", description = "Ich habe eine Frage zu meiner Rechnung vom Mai, bitte helfen Sie mir bei der Sache.", category = "billing" };
        (HttpStatusCode status, JsonElement reply) = await SendAsync(HttpMethod.Post, "inquiries", "/inquiries", inquiry);
        status.ShouldBe(HttpStatusCode.Accepted);
        return (reply.GetProperty("id").GetString()!, reply.GetProperty("statusLink").GetString()!.Split('/')[^1]);
    }

    /// <summary>Somebody of the desk does something to a ticket.</summary>
    public Task<(HttpStatusCode Status, JsonElement Body)> ActAsync(string id, string verb, object body, string email = Supervisor, int? seen = null, string? key = null) =>
        SendAsync(HttpMethod.Post, "tickets", $"/tickets/{id}/{verb}", body, email, seen, key);

    /// <summary>A ticket as the desk sees it; null while there is none.</summary>
    public async Task<JsonElement?> TicketAsync(string id, string email = Supervisor)
    {
        (HttpStatusCode status, JsonElement ticket) = await SendAsync(HttpMethod.Get, "tickets", $"/tickets/{id}", email: email);
        return status == HttpStatusCode.OK ? ticket : null;
    }

    /// <summary>A new ticket, brought as far as wanted.</summary>
    public async Task<string> TicketInAsync(string state)
    {
        (string id, _) = await SubmitAsync();
        await Limits.UntilAsync(async () => await StateOfAsync(id) == "awaiting-qualification", "the inquiry became a ticket");
        if (state == "awaiting-qualification") return id;

        await DoAsync(id, "qualification", new { type = "question", severity = "low" });
        if (state == "blocked") await DoAsync(id, "block", new { reason = "waits" });
        if (state == "resolved") await DoAsync(id, "resolution", new { text = "Done." });
        return id;
    }

    public async Task<string?> StateOfAsync(string id) => (await TicketAsync(id))?.GetProperty("state").GetString();

    /// <summary>The id of somebody of the desk.</summary>
    public async Task<string> PersonAsync(string email) => (await SendAsync(HttpMethod.Get, "tickets", "/me", email: email)).Body.GetProperty("id").GetString()!;

    private async Task DoAsync(string id, string verb, object body) => (await ActAsync(id, verb, body)).Status.ShouldBe(HttpStatusCode.OK);
}

[CollectionDefinition(Name)]
public sealed class DeskCollection : ICollectionFixture<DeskLab>
{
    public const string Name = "the desk of TicketFlow";
}
