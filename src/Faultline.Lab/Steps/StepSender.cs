using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Histories;
using Faultline.Verification.Experiments;
using Faultline.Verification.Histories;

namespace Faultline.Lab.Steps;

/// <summary>What one attempt at a step brought.</summary>
internal enum AttemptEnd
{
    /// <summary>A status that says that it is done.</summary>
    Done,

    /// <summary>A definite no.</summary>
    Refused,

    /// <summary>No answer, a cut connection, or an answer that settles nothing: it may have been done.</summary>
    Unclear,

    /// <summary>Nothing left this process.</summary>
    NotSent,
}

/// <summary>An answer to one attempt.</summary>
/// <param name="End">What it means.</param>
/// <param name="Says">In words.</param>
/// <param name="Captured">What the step wanted from the reply.</param>
internal sealed record StepAnswer(AttemptEnd End, string Says, IReadOnlyDictionary<string, JsonElement> Captured)
{
    public static StepAnswer Of(AttemptEnd end, string says) => new(end, says, new Dictionary<string, JsonElement>());
}

/// <summary>Sends a step once, as a client does: over the link of the service, and with a limit on its patience.</summary>
internal static class StepSender
{
    private const int ReplyBytesMax = 1 << 20;

    public static async Task<StepAnswer> SendAsync(HttpStep step, WorkloadCall call, IReadOnlyDictionary<string, JsonElement> values, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(step.Within, call.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            using HttpRequestMessage request = RequestOf(step, call, values);
            using HttpResponseMessage reply = await call.Http.SendAsync(request, limit.Token);
            byte[] body = await reply.Content.ReadAsByteArrayAsync(limit.Token); // A reply that breaks off is none, whatever its status said.
            return Read(step, (int)reply.StatusCode, body);
        }
        catch (HttpRequestException error)
        {
            bool isRefused = error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError;
            return StepAnswer.Of(isRefused ? AttemptEnd.NotSent : AttemptEnd.Unclear, error.Message);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return StepAnswer.Of(AttemptEnd.Unclear, $"no answer within {step.Within.TotalSeconds:0.###} s");
        }
    }

    private static StepAnswer Read(HttpStep step, int status, byte[] body)
    {
        bool isExpected = step.Expect.Count == 0 ? status is >= 200 and < 300 : step.Expect.Contains(status);
        if (isExpected) return Captured(step, status, body);

        string says = $"answered {status}";
        // A read that found a 5xx is asked again like any other; only its end is settled.
        if (status is 408 or >= 500) return StepAnswer.Of(AttemptEnd.Unclear, says);
        if (Endings.OfStatus(changesNothing: false, status) == Outcome.Failed || step.ChangesNothing) return StepAnswer.Of(AttemptEnd.Refused, says);
        return StepAnswer.Of(AttemptEnd.Unclear, $"{says}, which is none of the statuses that are expected");
    }

    private static StepAnswer Captured(HttpStep step, int status, byte[] body)
    {
        if (step.Capture.Count == 0) return StepAnswer.Of(AttemptEnd.Done, "");

        try
        {
            using JsonDocument json = JsonDocument.Parse(body.AsMemory(0, Math.Min(body.Length, ReplyBytesMax)));
            var captured = new Dictionary<string, JsonElement>();
            foreach ((string name, string path) in step.Capture)
            {
                if (Verification.OwnSystems.JsonPlaces.At(json.RootElement, path) is not { } value) return StepAnswer.Of(AttemptEnd.Unclear, $"answered {status} without {path}");
                captured[name] = value.Clone();
            }

            return new StepAnswer(AttemptEnd.Done, "", captured);
        }
        catch (JsonException)
        {
            return StepAnswer.Of(AttemptEnd.Unclear, $"answered {status} with something that is no JSON");
        }
    }

    private static HttpRequestMessage RequestOf(HttpStep step, WorkloadCall call, IReadOnlyDictionary<string, JsonElement> values)
    {
        // In a path a slash of an operation id would be one too many.
        string path = Placeholders.Fill(step.Path, name => values.TryGetValue(name, out JsonElement value) ? Uri.EscapeDataString(Placeholders.TextOf(value)) : null);
        var request = new HttpRequestMessage(new HttpMethod(step.Method), new Uri(call.AddressOf(step.Service), path));
        byte[]? body = step.Json is { } json ? JsonSerializer.SerializeToUtf8Bytes(Placeholders.Fill(json, values)) : step.Body is { } text ? Encoding.UTF8.GetBytes(Placeholders.Fill(text, values)) : null;
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        request.Headers.Add(FaultHeaders.Operation, call.OperationId);
        request.Headers.Add(FaultHeaders.Cell, call.Cell);
        foreach ((string name, string value) in step.Headers)
        {
            string filled = Placeholders.Fill(value, values);
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) && request.Content is { } content)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, filled);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, filled);
            }
        }

        return request;
    }
}
