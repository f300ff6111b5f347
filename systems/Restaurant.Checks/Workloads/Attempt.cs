using System.Net.Http.Headers;
using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Verification.Experiments;

namespace Restaurant.Checks.Workloads;

/// <summary>What one attempt brought.</summary>
internal enum AttemptEnd
{
    /// <summary>200 with an order id.</summary>
    Placed,

    /// <summary>A 4xx other than 408: final.</summary>
    Refused,

    /// <summary>A cut connection, no answer in time, 408 or 5xx: it may have been done.</summary>
    Unclear,
}

/// <summary>An answer.</summary>
internal sealed record Answer(AttemptEnd End, int Status, string? OrderId, string Says);

/// <summary>Sends an order once, as a client does: over its link, and with a limit on its patience.</summary>
internal static class Attempt
{
    public const string Orders = "restaurant/orders";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public static async Task<Answer> SendAsync(WorkloadCall call, object body, string key, string trace, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Limit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(call.AddressOf(Orders), "/orders")) { Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Add("Idempotency-Key", key);
            request.Headers.Add(FaultHeaders.Operation, call.OperationId);
            request.Headers.Add(FaultHeaders.Cell, call.Cell);
            request.Headers.Add("traceparent", $"00-{trace}-{trace[..16]}-01");
            using HttpResponseMessage reply = await call.Http.SendAsync(request, limit.Token);
            return Read((int)reply.StatusCode, await reply.Content.ReadAsByteArrayAsync(limit.Token));
        }
        catch (HttpRequestException error)
        {
            return new Answer(AttemptEnd.Unclear, 0, null, error.Message);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Answer(AttemptEnd.Unclear, 0, null, $"no answer within {Limit.TotalSeconds:0} s");
        }
    }

    private static Answer Read(int status, byte[] body)
    {
        if (status is 408 or >= 500) return new Answer(AttemptEnd.Unclear, status, null, $"answered {status}");
        if (status is < 200 or >= 300) return new Answer(AttemptEnd.Refused, status, null, $"answered {status}");

        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("orderId", out JsonElement id) && id.ToString() is { Length: > 0 } order
                ? new Answer(AttemptEnd.Placed, status, order, "")
                : new Answer(AttemptEnd.Refused, status, null, $"answered {status} without an orderId");
        }
        catch (JsonException)
        {
            return new Answer(AttemptEnd.Unclear, status, null, $"answered {status} with something that is no JSON");
        }
    }
}
