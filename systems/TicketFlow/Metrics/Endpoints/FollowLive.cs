using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using TicketFlow.Metrics.Live;

namespace TicketFlow.Metrics.Endpoints;

/// <summary>GET /live/events: the figures of all services now, and then whenever they have changed, as server-sent events.</summary>
internal static class FollowLive
{
    // It lasts as long as somebody looks, which is no duration of a request.
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/events", HandleAsync).DisableHttpMetrics();

    private static async Task HandleAsync(LiveFeed feed, IHostApplicationLifetime lifetime, HttpContext http)
    {
        if (!feed.TryEnter())
        {
            http.Response.Headers.RetryAfter = "10";
            await Problems.Of(StatusCodes.Status503ServiceUnavailable, "live.too-many-viewers", $"{LiveFeed.ViewersMax} viewers follow the figures, and no more may; close a page, or ask GET /live now and then").ExecuteAsync(http);
            return;
        }

        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await WriteAsync(feed, http.Response, ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            return; // The viewer has gone, or the service ends.
        }
        finally
        {
            feed.Leave();
        }
    }

    private static async Task WriteAsync(LiveFeed feed, HttpResponse reply, CancellationToken gone)
    {
        reply.ContentType = "text/event-stream";
        reply.Headers.CacheControl = "no-store";
        await reply.WriteAsync("retry: 1000\n\n", gone);
        await foreach (string? snapshot in feed.FollowAsync(gone))
        {
            // JSON of one line: no line break can end the event early. A comment keeps what stands between from closing a silent connection.
            await reply.WriteAsync(snapshot is null ? ": alive\n\n" : $"event: snapshot\ndata: {snapshot}\n\n", gone);
            await reply.Body.FlushAsync(gone); // Waits while the viewer is slow; what happens meanwhile becomes one snapshot.
        }
    }
}
