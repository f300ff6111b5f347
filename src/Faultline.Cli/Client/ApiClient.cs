using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Faultline.Cli.Output;
using Faultline.Protocol;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Client;

/// <summary>Speaks to a lab over its HTTP API. What it refuses becomes a sentence and an exit code.</summary>
internal sealed class ApiClient : IDisposable
{
    private const string UnansweredHeader = "Faultline-Unanswered";
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(5); // A reset starts a whole system.

    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly Screen _screen;

    public ApiClient(Uri lab, string? token, Screen screen)
    {
        (Lab, _screen) = (lab, screen);
        var handler = new SocketsHttpHandler { UseProxy = !lab.IsLoopback, UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
        _http = new HttpClient(handler) { BaseAddress = lab, Timeout = AnswerLimit };
        if (!string.IsNullOrEmpty(token)) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Where the lab is.</summary>
    public Uri Lab { get; }

    public Task<T> GetAsync<T>(string path, CancellationToken stop) => SendAsync<T>(HttpMethod.Get, path, null, stop);

    public Task<T> PostAsync<T>(string path, object body, CancellationToken stop) => SendAsync<T>(HttpMethod.Post, path, body, stop);

    public Task<T> PutAsync<T>(string path, object body, CancellationToken stop) => SendAsync<T>(HttpMethod.Put, path, body, stop);

    public Task<T> DeleteAsync<T>(string path, CancellationToken stop) => SendAsync<T>(HttpMethod.Delete, path, null, stop);

    /// <summary>Sends a request whose answer has no body.</summary>
    public async Task SendAsync(HttpMethod method, string path, CancellationToken stop)
    {
        using HttpResponseMessage reply = await AnswerAsync(method, path, null, stop);
    }

    /// <summary>An answer that is text.</summary>
    public async Task<string> TextAsync(string path, CancellationToken stop)
    {
        using HttpResponseMessage reply = await AnswerAsync(HttpMethod.Get, path, null, stop);
        return await reply.Content.ReadAsStringAsync(stop);
    }

    /// <summary>Writes an answer to a file.</summary>
    public async Task DownloadAsync(string path, string file, CancellationToken stop)
    {
        using HttpResponseMessage reply = await AnswerAsync(HttpMethod.Get, path, null, stop);
        await using FileStream target = File.Create(file);
        await reply.Content.CopyToAsync(target, stop);
    }

    /// <summary>The lines of a stream, as they come. It ends with the stream, and also when the connection is cut or silent for long: whoever reads asks what is so.</summary>
    public async IAsyncEnumerable<T> LinesAsync<T>(string path, [EnumeratorCancellation] CancellationToken stop)
    {
        using HttpResponseMessage reply = await AnswerAsync(HttpMethod.Get, path, null, stop);
        using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync(stop));
        while (await ReadLineAsync(lines, stop) is { } line) if (line.Length > 0) yield return JsonSerializer.Deserialize<T>(line, ProtocolJson.Options)!;
    }

    /// <summary>Whether a lab answers there.</summary>
    public async Task<bool> IsThereAsync(CancellationToken stop)
    {
        try
        {
            using HttpResponseMessage reply = await _http.GetAsync("/api/disruptions", stop);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The events of a stream, as they come.</summary>
    public async IAsyncEnumerable<T> FollowAsync<T>(string path, [EnumeratorCancellation] CancellationToken stop)
    {
        using HttpResponseMessage reply = await AnswerAsync(HttpMethod.Get, path, null, stop);
        await using Stream stream = await reply.Content.ReadAsStreamAsync(stop);
        SseParser<T> events = SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize<T>(data, ProtocolJson.Options)!);
        await foreach (SseItem<T> item in events.EnumerateAsync(stop)) yield return item.Data;
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string?> ReadLineAsync(StreamReader lines, CancellationToken stop)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stop);
        silence.CancelAfter(SilenceLimit);
        try
        {
            return await lines.ReadLineAsync(silence.Token);
        }
        catch (Exception cut) when (!stop.IsCancellationRequested && cut is IOException or HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken stop)
    {
        using HttpResponseMessage reply = await AnswerAsync(method, path, body, stop);
        if (reply.Headers.TryGetValues(UnansweredHeader, out IEnumerable<string>? away)) _screen.Note($"Not answered by: {string.Join(", ", away)}.");
        try
        {
            return (await reply.Content.ReadFromJsonAsync<T>(ProtocolJson.Options, stop))!;
        }
        catch (JsonException error)
        {
            throw new CommandException(ExitCode.Infrastructure, $"What answers at {Lab} is no lab of this version; stop it, or name another with --lab.", error);
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpMethod method, string path, object? body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: ProtocolJson.Options);
        HttpResponseMessage reply;
        try
        {
            reply = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        }
        catch (HttpRequestException error)
        {
            throw new CommandException(ExitCode.Infrastructure, $"No lab answers at {Lab}; start one with 'faultline up', or name another with --lab.", error);
        }
        catch (TaskCanceledException error) when (!stop.IsCancellationRequested)
        {
            throw new CommandException(ExitCode.Infrastructure, $"The lab at {Lab} does not answer; see what it does with 'faultline status'.", error);
        }

        if (reply.IsSuccessStatusCode) return reply;

        using (reply) throw await RefusalAsync(reply, stop);
    }

    private static async Task<CommandException> RefusalAsync(HttpResponseMessage reply, CancellationToken stop)
    {
        int status = (int)reply.StatusCode;
        ExitCode code = status is >= 400 and < 500 ? ExitCode.Usage : ExitCode.Infrastructure;
        try
        {
            JsonElement problem = await reply.Content.ReadFromJsonAsync<JsonElement>(stop);
            string? detail = problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty("detail", out JsonElement text) ? text.GetString() : null;
            if (!string.IsNullOrEmpty(detail)) return new CommandException(code, Sentence(detail));
        }
        catch (JsonException error)
        {
            return new CommandException(code, $"The lab answered {status} without a reason.", error);
        }

        return new CommandException(code, $"The lab answered {status} without a reason.");
    }

    private static string Sentence(string detail) => $"{char.ToUpperInvariant(detail[0])}{detail[1..].TrimEnd('.')}.";
}
