using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Verification.Experiments;

namespace TicketFlow.Checks.Workloads;

/// <summary>One request of a client.</summary>
/// <param name="Method">The method.</param>
/// <param name="Service">As <c>system/service</c>.</param>
/// <param name="Path">The path.</param>
internal sealed record Wish(HttpMethod Method, string Service, string Path)
{
    /// <summary>The body; null for none.</summary>
    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>Makes a repeated write the same write; null for a read.</summary>
    public string? Key { get; init; }

    /// <summary>Who asks; null for nobody.</summary>
    public string? Token { get; init; }

    /// <summary>The version that a write is meant for; null for any.</summary>
    public int? Seen { get; init; }

    /// <summary>A wish with a body.</summary>
    public static Wish Post(string service, string path, object body, string key) => new(HttpMethod.Post, service, path) { Body = JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web), Key = key };
}

/// <summary>What became of a wish.</summary>
/// <param name="Status">The HTTP status; 0 while nothing certain is known.</param>
/// <param name="Body">The answer, when it is JSON.</param>
/// <param name="Problem">Why nothing certain is known, or what was answered.</param>
internal readonly record struct Answer(int Status, JsonElement? Body, string Problem)
{
    public bool IsDone => Status is >= 200 and < 300;

    /// <summary>A text of the answer; empty when it is not there.</summary>
    public string Text(string name) => Body is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}

/// <summary>The requests of one operation: each is sent, and again with the same key, until it is known what became of it or the operation has no time left. For one caller at a time or several.</summary>
internal sealed class Asking(WorkloadCall call)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly long _began = call.Time.GetTimestamp();
    private int _attempts;

    /// <summary>How many requests were sent.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Whether the operation has time left.</summary>
    public bool HasTime => call.Time.GetElapsedTime(_began) <= call.Limit;

    /// <summary>Asks until it is known what became of it.</summary>
    public async Task<Answer> AskAsync(Wish wish, CancellationToken stop)
    {
        TimeSpan pause = PauseMin;
        while (true)
        {
            Interlocked.Increment(ref _attempts);
            Answer answer = await TryAsync(wish, stop);
            if (answer.Status != 0 || !HasTime) return answer;
            await Task.Delay(pause, call.Time, stop);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, PauseMax.Ticks));
        }
    }

    /// <summary>One attempt; status 0 when nothing certain is known of it.</summary>
    private async Task<Answer> TryAsync(Wish wish, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(AnswerLimit);
        try
        {
            using HttpRequestMessage request = RequestOf(wish);
            using HttpResponseMessage reply = await call.Http.SendAsync(request, limit.Token);
            return Read(reply, await reply.Content.ReadAsByteArrayAsync(limit.Token));
        }
        catch (HttpRequestException error)
        {
            return new Answer(0, null, error.Message);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Answer(0, null, $"no answer within {AnswerLimit.TotalSeconds:0} s");
        }
    }

    private HttpRequestMessage RequestOf(Wish wish)
    {
        var request = new HttpRequestMessage(wish.Method, new Uri(call.AddressOf(wish.Service), wish.Path));
        if (wish.Key is { } key) request.Headers.Add("Idempotency-Key", key);
        if (wish.Token is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (wish.Seen is { } seen) request.Headers.TryAddWithoutValidation("If-Match", string.Create(CultureInfo.InvariantCulture, $"\"{seen}\""));
        request.Headers.Add(FaultHeaders.Operation, call.OperationId);
        if (call.Cell.Length > 0) request.Headers.Add(FaultHeaders.Cell, call.Cell);
        request.Headers.Add("Want-Content-Digest", "sha-256=1");
        if (wish.Body is not { } body) return request;

        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(wish.ContentType);
        request.Content.Headers.Add("Content-Digest", DigestOf(body));
        return request;
    }

    private static Answer Read(HttpResponseMessage reply, byte[] body)
    {
        int status = (int)reply.StatusCode;
        bool intact = !reply.Headers.TryGetValues("Content-Digest", out IEnumerable<string>? digest) || digest.FirstOrDefault() == DigestOf(body);
        if (!intact) return new Answer(0, null, "the reply was changed on its way");
        if (status >= 500 || status == 408) return new Answer(0, null, $"answered {status}");

        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            JsonElement answer = json.RootElement.Clone();
            // The body was changed on its way there: it was refused unseen, and sending it again helps.
            bool wasChanged = answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("code", out JsonElement code) && code.ValueKind == JsonValueKind.String && code.GetString() == "request.digest";
            return wasChanged ? new Answer(0, null, "the request was changed on its way") : new Answer(status, answer, $"answered {status}");
        }
        catch (JsonException)
        {
            // A refusal without words is a refusal all the same.
            return status is >= 400 and < 500 ? new Answer(status, null, $"answered {status}") : new Answer(0, null, $"answered {status} with something that cannot be read");
        }
    }

    private static string DigestOf(byte[] body) => $"sha-256=:{Convert.ToBase64String(SHA256.HashData(body))}:";
}
