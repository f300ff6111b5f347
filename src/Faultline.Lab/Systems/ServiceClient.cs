using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Faultline.Lab.Problems;
using Faultline.Lab.Telemetry;
using Faultline.Protocol;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Ledger;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Systems;

/// <summary>A service refused what it was asked; its words are those of the service.</summary>
public sealed class ServiceRefusedException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="problem">The problem details as they came.</param>
    public ServiceRefusedException(int status, string problem)
        : base(DetailOf(problem))
    {
        Status = status;
        Problem = problem;
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>The problem details as they came.</summary>
    public string Problem { get; }

    private static string DetailOf(string problem)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(problem);
            return json.RootElement.TryGetProperty("detail", out JsonElement detail) && detail.GetString() is { } text ? text : problem;
        }
        catch (JsonException)
        {
            return problem;
        }
    }
}

/// <summary>What a service answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">The type of the body; null without a body.</param>
/// <param name="Body">The body.</param>
public sealed record ServiceReply(int Status, string? ContentType, byte[] Body);

/// <summary>Speaks to the control endpoints of a service: to whichever of its instances answers. Thread-safe.</summary>
/// <param name="http">Sends the requests; not disposed.</param>
/// <param name="addresses">Where the instances can be reached now.</param>
/// <param name="token">The control token.</param>
/// <param name="service">As <c>system/service</c>.</param>
public sealed class ServiceClient(HttpClient http, Func<IReadOnlyList<Uri>> addresses, string token, string service)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    /// <summary>As <c>system/service</c>.</summary>
    public string Service { get; } = service;

    /// <summary>Sets an anomaly.</summary>
    /// <param name="request">Which.</param>
    /// <param name="stop">Gives up.</param>
    public Task<Anomaly> PlaceAsync(AnomalyRequest request, CancellationToken stop) => SendAsync<Anomaly>(HttpMethod.Post, "/anomalies", request, stop);

    /// <summary>Removes an anomaly; one that is not there is removed already.</summary>
    /// <param name="id">Which.</param>
    /// <param name="stop">Gives up.</param>
    public async Task RemoveAsync(Guid id, CancellationToken stop)
    {
        using HttpResponseMessage reply = await AnswerAsync(HttpMethod.Delete, $"/anomalies/{id}", null, stop);
        if (reply.StatusCode != System.Net.HttpStatusCode.NotFound) await RequireAsync(reply, stop);
    }

    /// <summary>Removes all anomalies.</summary>
    /// <param name="stop">Gives up.</param>
    public async Task ClearAsync(CancellationToken stop)
    {
        using HttpResponseMessage reply = await AnswerAsync(HttpMethod.Delete, "/anomalies", null, stop);
        await RequireAsync(reply, stop);
    }

    /// <summary>What is set.</summary>
    /// <param name="stop">Gives up.</param>
    public Task<IReadOnlyList<Anomaly>> AnomaliesAsync(CancellationToken stop) => SendAsync<IReadOnlyList<Anomaly>>(HttpMethod.Get, "/anomalies", null, stop);

    /// <summary>All firings after a position.</summary>
    /// <param name="after">Ids above this; 0 for all.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<IReadOnlyList<Firing>> FiringsAsync(long after, CancellationToken stop)
    {
        const int page = 1_000;
        var all = new List<Firing>();
        while (true)
        {
            IReadOnlyList<Firing> firings = await SendAsync<IReadOnlyList<Firing>>(HttpMethod.Get, $"/anomalies/firings?after={after}&limit={page}", null, stop);
            all.AddRange(firings);
            if (firings.Count < page) return all;
            after = firings[^1].Id;
        }
    }

    /// <summary>The guards.</summary>
    /// <param name="stop">Gives up.</param>
    public Task<IReadOnlyList<GuardState>> GuardsAsync(CancellationToken stop) => SendAsync<IReadOnlyList<GuardState>>(HttpMethod.Get, "/guards", null, stop);

    /// <summary>Switches a guard.</summary>
    /// <param name="guard">Its name.</param>
    /// <param name="on">Whether it protects.</param>
    /// <param name="stop">Gives up.</param>
    public Task<GuardState> SwitchAsync(string guard, bool on, CancellationToken stop) => SendAsync<GuardState>(HttpMethod.Put, $"/guards/{guard}", new { on }, stop);

    /// <summary>Waits until every instance that answers works by the anomalies and guards that are set now: each puts into force what it tells. One that is starting reads them before its first message.</summary>
    /// <param name="stop">Gives up.</param>
    public async Task InForceEverywhereAsync(CancellationToken stop)
    {
        foreach (Uri address in addresses())
        {
            using HttpRequestMessage request = RequestOf(HttpMethod.Get, address, "/guards", null);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(AnswerLimit);
            try
            {
                using HttpResponseMessage reply = await http.SendAsync(request, limit.Token);
                await RequireAsync(reply, limit.Token);
            }
            catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !stop.IsCancellationRequested))
            {
                // It is down or paused, or it is coming back.
                continue;
            }
        }
    }

    /// <summary>How much is under way.</summary>
    /// <param name="stop">Gives up.</param>
    public Task<MessagingState> StateAsync(CancellationToken stop) => SendAsync<MessagingState>(HttpMethod.Get, "/messaging", null, stop);

    /// <summary>Dead letters, newest first.</summary>
    /// <param name="stop">Gives up.</param>
    public Task<IReadOnlyList<DeadLetterView>> DeadLettersAsync(CancellationToken stop) => SendAsync<IReadOnlyList<DeadLetterView>>(HttpMethod.Get, "/deadletters", null, stop);

    /// <summary>Puts dead letters back.</summary>
    /// <param name="ids">Which; empty for all.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>How many.</returns>
    public Task<int> ReplayAsync(IReadOnlyList<long> ids, CancellationToken stop) => DeadLettersAsync("replay", ids, stop);

    /// <summary>Discards dead letters.</summary>
    /// <param name="ids">Which; empty for all.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>How many.</returns>
    public Task<int> DiscardAsync(IReadOnlyList<long> ids, CancellationToken stop) => DeadLettersAsync("discard", ids, stop);

    /// <summary>What the service's database states about messages.</summary>
    /// <param name="after">Only what came after this position of the audit, and what waits now; 0 for everything.</param>
    /// <param name="stop">Gives up.</param>
    public IAsyncEnumerable<LedgerRow> LedgerAsync(long after, CancellationToken stop) => LinesAsync<LedgerRow>($"/ledger?after={after}", stop);

    /// <summary>Rows of the service's state.</summary>
    /// <param name="name">Which facts.</param>
    /// <param name="stop">Gives up.</param>
    public IAsyncEnumerable<JsonElement> FactsAsync(string name, CancellationToken stop) => LinesAsync<JsonElement>($"/facts/{name}", stop);

    /// <summary>Sends a control request as it is and gives back the answer as it is, also a refusal.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="json">The body; null for none.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="LabException">No instance answers.</exception>
    public async Task<ServiceReply> ForwardAsync(HttpMethod method, string path, byte[]? json, CancellationToken stop)
    {
        using HttpResponseMessage reply = await AnswerAsync(method, path, json, stop);
        try
        {
            return new ServiceReply((int)reply.StatusCode, reply.Content.Headers.ContentType?.ToString(), await reply.Content.ReadAsByteArrayAsync(stop));
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new LabException($"{Service} stopped in the middle of its answer: {error.Message}.", error);
        }
    }

    private sealed record Counted(int Count);

    private async Task<int> DeadLettersAsync(string verb, IReadOnlyList<long> ids, CancellationToken stop) =>
        (await SendAsync<Counted>(HttpMethod.Post, $"/deadletters/{verb}", ids.Count > 0 ? new { ids } : new { all = true }, stop)).Count;

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken stop)
    {
        using HttpResponseMessage reply = await AnswerAsync(method, path, body, stop);
        await RequireAsync(reply, stop);
        return (await reply.Content.ReadFromJsonAsync<T>(ProtocolJson.Options, stop))!;
    }

    private async IAsyncEnumerable<T> LinesAsync<T>(string path, [EnumeratorCancellation] CancellationToken stop)
    {
        using HttpResponseMessage reply = await AnswerAsync(HttpMethod.Get, path, null, stop, HttpCompletionOption.ResponseHeadersRead);
        await RequireAsync(reply, stop);
        using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync(stop));
        while (await ReadLineAsync(lines, stop) is { } line) if (line.Length > 0) yield return JsonSerializer.Deserialize<T>(line, ProtocolJson.Options)!;
    }

    private async Task<string?> ReadLineAsync(StreamReader lines, CancellationToken stop)
    {
        try
        {
            return await lines.ReadLineAsync(stop);
        }
        catch (IOException error)
        {
            throw new LabException($"{Service} ended in the middle of its answer.", error);
        }
    }

    /// <summary>Asks one instance after the other until one answers; what is asked is safe to repeat.</summary>
    private async Task<HttpResponseMessage> AnswerAsync(HttpMethod method, string path, object? body, CancellationToken stop, HttpCompletionOption until = HttpCompletionOption.ResponseContentRead)
    {
        HttpRequestException? failure = null;
        foreach (Uri address in addresses())
        {
            using HttpRequestMessage request = RequestOf(method, address, path, body);
            try
            {
                return await http.SendAsync(request, until, stop);
            }
            catch (HttpRequestException error)
            {
                failure = error;
            }
        }

        throw new LabException($"No instance of {Service} answers{(failure is null ? "" : $": {failure.Message}")}.");
    }

    private HttpRequestMessage RequestOf(HttpMethod method, Uri address, string path, object? body)
    {
        var request = new HttpRequestMessage(method, new Uri(address, path)) { Content = ContentOf(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add(NoTrace.Header, NoTrace.Value);
        return request;
    }

    private static HttpContent? ContentOf(object? body)
    {
        if (body is not byte[] json) return body is null ? null : JsonContent.Create(body, body.GetType(), options: ProtocolJson.Options);

        var content = new ByteArrayContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static async Task RequireAsync(HttpResponseMessage reply, CancellationToken stop)
    {
        if (!reply.IsSuccessStatusCode) throw new ServiceRefusedException((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(stop));
    }
}
