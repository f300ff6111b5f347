using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Faultline.EndToEnd.TicketFlow;

/// <summary>The HTTP interfaces as they are published, against the services that run. <c>FAULTLINE_RENEW=1</c> writes the published files anew.</summary>
[Collection(DeskCollection.Name)]
public sealed class InterfaceTests(DeskLab desk)
{
    private const string Customer = "customer", OtherCustomer = "other customer";

    private static readonly string[] Services = ["inquiries", "tickets", "metrics"];
    private static readonly string[] Columns = ["anonymous", Customer, OtherCustomer, "agent", "supervisor"];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static bool Renews => Environment.GetEnvironmentVariable("FAULTLINE_RENEW") == "1";

    [Theory, InlineData("inquiries"), InlineData("tickets"), InlineData("metrics")]
    public async Task OpenAPI_document_of_a_service_is_the_published_one(string service)
    {
        string document = JsonSerializer.Serialize((await desk.SendAsync(HttpMethod.Get, service, "/openapi/v1.json")).Body, Indented) + "\n";

        await ShouldBePublishedAsync($"{service}.openapi.json", document);
    }

    [Fact]
    public async Task Every_endpoint_lets_in_whom_it_should_and_the_published_matrix_says_so()
    {
        var matrix = new StringBuilder("""
            # Who may use which endpoint

            Made by a test that asks every endpoint of TicketFlow as each of these people; `FAULTLINE_RENEW=1 ./faultline test EndToEnd --filter InterfaceTests` writes it anew.
            A customer has the link of one inquiry, the other customer that of another one. `yes` is let in, whatever becomes of the request; a number is the status of the refusal.
            An agent who asks for somebody else's ticket, or assigns another person, is refused with 403 beyond what this table shows; the state table may refuse everybody with 409.

            | Service | Endpoint |
            """.TrimEnd());
        foreach (string column in Columns) matrix.Append(CultureInfo.InvariantCulture, $" {column} |");
        matrix.Append("\n|---|---|").Append(string.Concat(Columns.Select(_ => "---|"))).Append('\n');
        (string Id, string Link) mine = await desk.SubmitAsync(), others = await desk.SubmitAsync();
        await Limits.UntilAsync(async () => await desk.StateOfAsync(mine.Id) == "awaiting-qualification", "the inquiry became a ticket");

        foreach (string service in Services)
        {
            JsonElement paths = (await desk.SendAsync(HttpMethod.Get, service, "/openapi/v1.json")).Body.GetProperty("paths");
            foreach (JsonProperty path in paths.EnumerateObject())
            {
                foreach (JsonProperty method in path.Value.EnumerateObject().Where(operation => operation.Value.ValueKind == JsonValueKind.Object))
                {
                    matrix.Append(CultureInfo.InvariantCulture, $"| {service} | `{method.Name.ToUpperInvariant()} {path.Name}` |");
                    foreach (string who in Columns) matrix.Append(CultureInfo.InvariantCulture, $" {await AskAsync(service, method.Name, path.Name, who, mine, others)} |");
                    matrix.Append('\n');
                }
            }
        }

        await ShouldBePublishedAsync("access.md", matrix.ToString());
    }

    [Fact]
    public async Task A_customer_who_guesses_gets_nothing_and_learns_nothing()
    {
        (string id, string link) = await desk.SubmitAsync();
        (string _, string otherLink) = await desk.SubmitAsync();

        foreach (string guess in (string[])[otherLink, link[..^1], link + "x", link.ToUpperInvariant(), "%27%20or%20%271%27=%271"])
        {
            (HttpStatusCode status, JsonElement reply) = await desk.SendAsync(HttpMethod.Get, "inquiries", $"/inquiries/{id}/{guess}");
            status.ShouldBe(HttpStatusCode.NotFound, guess);
            if (reply.ValueKind == JsonValueKind.Object && reply.TryGetProperty("code", out JsonElement code)) code.GetString().ShouldBe("inquiry.unknown");
        }

        (await desk.SendAsync(HttpMethod.Get, "inquiries", $"/inquiries/{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}/{link}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await desk.SendAsync(HttpMethod.Get, "inquiries", $"/inquiries/{id}/{link}")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_cookie_of_a_browser_opens_the_desk_but_alone_it_changes_nothing()
    {
        string id = await desk.TicketInAsync("qualified");
        string token = await desk.TokenAsync(DeskLab.Supervisor);

        (await WithCookieAsync(HttpMethod.Get, $"/tickets/{id}", token, key: null)).ShouldBe(HttpStatusCode.OK);
        (await WithCookieAsync(HttpMethod.Post, $"/tickets/{id}/unblock", token, key: null)).ShouldBe(HttpStatusCode.BadRequest);
        (await WithCookieAsync(HttpMethod.Post, $"/tickets/{id}/unblock", token, key: $"cookie-{id}")).ShouldBe(HttpStatusCode.Conflict);
        (await WithCookieAsync(HttpMethod.Get, $"/tickets/{id}", token[..^5], key: null)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<HttpStatusCode> WithCookieAsync(HttpMethod method, string path, string token, string? key)
    {
        using var request = new HttpRequestMessage(method, new Uri(await desk.AddressAsync("tickets"), path));
        request.Headers.Add("Cookie", $"ticketflow-desk={token}");
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using HttpResponseMessage reply = await desk.Lab.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return reply.StatusCode;
    }

    private async Task<string> AskAsync(string service, string method, string path, string who, (string Id, string Link) mine, (string Id, string Link) others)
    {
        string asked = path.Replace("{id}", mine.Id, StringComparison.Ordinal).Replace("{link}", who switch { Customer => mine.Link, OtherCustomer => others.Link, _ => "guessed" }, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), new Uri(await desk.AddressAsync(service), asked));
        // Where a body is needed it has no right field, so nothing is done; but a link is looked at last, by a reply that is right.
        if (request.Method == HttpMethod.Post) request.Content = new StringContent(path.EndsWith("{link}/replies", StringComparison.Ordinal) ? """{"text":"hello"}""" : "{}", Encoding.UTF8, "application/json");
        if (who == "agent") request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await desk.TokenAsync(DeskLab.Agent));
        if (who == "supervisor") request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await desk.TokenAsync(DeskLab.Supervisor));
        using HttpResponseMessage reply = await desk.Lab.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        string text = reply.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "" : await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        bool isRefused = reply.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound || (reply.StatusCode == HttpStatusCode.Unauthorized && text.Contains("desk.sign-in", StringComparison.Ordinal));
        return isRefused ? ((int)reply.StatusCode).ToString(CultureInfo.InvariantCulture) : "yes";
    }

    private static async Task ShouldBePublishedAsync(string name, string content)
    {
        string file = Path.Combine(Lab.Repository(), "docs", "contracts", "ticketflow", name);
        if (Renews) await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        string published = File.Exists(file) ? await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) : "";
        published.ShouldBe(content, $"docs/contracts/ticketflow/{name} is not what runs; FAULTLINE_RENEW=1 ./faultline test EndToEnd --filter InterfaceTests writes it anew");
    }
}
