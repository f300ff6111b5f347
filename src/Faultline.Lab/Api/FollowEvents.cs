using System.Text;
using Faultline.Lab.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>GET /api/events: the map, and then each change as it comes, as server-sent events.</summary>
internal static class FollowEvents
{
    private const string MapTopic = "map", MetricsTopic = "metrics";
    private const int ViewersMax = 64;

    private static readonly byte[] Hello = Encoding.UTF8.GetBytes("retry: 1000\n\n");

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/events", Handle).WithName("FollowEvents").WithTags("map")
        .WithSummary("The map (event: snapshot), then each change (event: delta), at most four a second; ?topics=map,metrics tells the newest figures too (event: metrics). Resumes after Last-Event-ID or ?lastEventId=")
        .Produces<MapDelta>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static IResult Handle(string? topics, string? lastEventId, HttpContext http, LiveMap map)
    {
        string[] wanted = topics?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [MapTopic];
        if (wanted.FirstOrDefault(topic => topic is not (MapTopic or MetricsTopic)) is { } unknown) return LabProblems.OutOfRange.With("topics", unknown, $"a list of: {MapTopic}, {MetricsTopic}");
        if (map.Viewers >= ViewersMax) return LabProblems.TooManyViewers.With(ViewersMax);

        string? last = http.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } header ? header : lastEventId;
        return new Events(map, last, wanted.Contains(MetricsTopic));
    }

    private sealed class Events(LiveMap map, string? last, bool withMetrics) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            HttpResponse reply = httpContext.Response;
            CancellationToken gone = httpContext.RequestAborted;
            reply.ContentType = "text/event-stream";
            reply.Headers.CacheControl = "no-store";
            try
            {
                await reply.Body.WriteAsync(Hello, gone);
                await reply.Body.FlushAsync(gone);
                await foreach (LiveEvent each in map.FollowAsync(last, withMetrics, gone))
                {
                    // JSON of one line: no line break can end the event early.
                    string id = each.Id is null ? "" : $"id: {each.Id}\n";
                    await reply.Body.WriteAsync(Encoding.UTF8.GetBytes($"event: {each.Type}\n{id}data: {each.Json}\n\n"), gone);
                    await reply.Body.FlushAsync(gone); // Waits while the viewer is slow; what happens meanwhile becomes one change.
                }
            }
            catch (OperationCanceledException)
            {
                return; // The viewer has gone, or the lab ends.
            }
        }
    }
}
