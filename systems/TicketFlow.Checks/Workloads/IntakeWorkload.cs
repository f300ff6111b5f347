using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Histories;
using Faultline.Verification.Experiments;
using TicketFlow.Checks.Samples;

namespace TicketFlow.Checks.Workloads;

/// <summary>Customers from anywhere submit inquiries in their own language, and submit again, with the same key, while they do not know whether it arrived.</summary>
internal sealed class IntakeWorkload : IWorkload
{
    private const string Foreign = "foreign";

    public WorkloadDescription Description { get; } = new("intake", "customers submit inquiries in many languages; while the outcome is unknown they send again with the same key", Foreign);

    public Task<OperationEnd> RunAsync(WorkloadCall call, CancellationToken stop)
    {
        var samples = new SampleInquiries(call.Seed.Value);
        SampleInquiry inquiry = samples.At(call.Number);
        // An inquiry that must be translated goes the long way round.
        for (int next = 1; call.Parameters.TryGetValue(Foreign, out JsonElement foreign) && foreign.ValueKind == JsonValueKind.True && (inquiry.Language == "en" || !inquiry.IsKnownLanguage); next++)
        {
            inquiry = samples.At(call.Number + (1_000_003L * next));
        }

        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new { inquiry.Name, inquiry.Email, inquiry.Title, inquiry.Description, inquiry.Category }, JsonSerializerOptions.Web);
        return Submission.SendAsync(call, body, "application/json", stop);
    }
}

/// <summary>Sends one inquiry until it is known what became of it.</summary>
internal static class Submission
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    public static async Task<OperationEnd> SendAsync(WorkloadCall call, byte[] body, string contentType, CancellationToken stop)
    {
        long began = call.Time.GetTimestamp();
        TimeSpan pause = PauseMin;
        for (int attempt = 1; ; attempt++)
        {
            (OperationEnd? end, string problem) = await TryAsync(call, body, contentType, attempt, stop);
            if (end is not null) return end;
            if (call.Time.GetElapsedTime(began) > call.Limit) return new OperationEnd(Outcome.Unknown, attempt, Error: problem);
            await Task.Delay(pause, call.Time, stop);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, PauseMax.Ticks));
        }
    }

    /// <summary>One attempt; no end when nothing certain is known of it.</summary>
    private static async Task<(OperationEnd? End, string Problem)> TryAsync(WorkloadCall call, byte[] body, string contentType, int attempt, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(AnswerLimit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(call.AddressOf("ticketflow/inquiries"), "/inquiries"));
            request.Headers.Add("Idempotency-Key", call.OperationId);
            request.Headers.Add(FaultHeaders.Operation, call.OperationId);
            request.Headers.Add(FaultHeaders.Cell, call.Cell);
            request.Headers.Add("Want-Content-Digest", "sha-256=1");
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
            request.Content.Headers.Add("Content-Digest", DigestOf(body));
            using HttpResponseMessage reply = await call.Http.SendAsync(request, limit.Token);
            return Read(reply, await reply.Content.ReadAsByteArrayAsync(limit.Token), attempt);
        }
        catch (HttpRequestException error)
        {
            return (null, error.Message);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (null, $"no answer within {AnswerLimit.TotalSeconds:0} s");
        }
    }

    private static (OperationEnd? End, string Problem) Read(HttpResponseMessage reply, byte[] body, int attempt)
    {
        int status = (int)reply.StatusCode;
        bool intact = !reply.Headers.TryGetValues("Content-Digest", out IEnumerable<string>? digest) || digest.FirstOrDefault() == DigestOf(body);
        if (!intact) return (null, "the reply was changed on its way");
        if (status >= 500 || status == 408) return (null, $"answered {status}");

        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            JsonElement answer = json.RootElement.Clone();
            if (status is >= 200 and < 300) return (new OperationEnd(Outcome.Ok, attempt, answer.GetProperty("id").GetString(), answer), "");
            // The body was changed on its way there: it was refused unseen, and sending it again helps.
            if (answer.TryGetProperty("code", out JsonElement code) && code.GetString() == "request.digest") return (null, "the request was changed on its way");
            return (new OperationEnd(Outcome.Failed, attempt, Reply: JsonSerializer.SerializeToElement(new { status, answer }), Error: $"answered {status}"), "");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // A refusal without words is a refusal all the same.
            return status is >= 400 and < 500 ? (new OperationEnd(Outcome.Failed, attempt, Error: $"answered {status}"), "") : (null, $"answered {status} with something that cannot be read");
        }
    }

    private static string DigestOf(byte[] body) => $"sha-256=:{Convert.ToBase64String(SHA256.HashData(body))}:";
}
