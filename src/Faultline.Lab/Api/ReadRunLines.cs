using System.Text.Json;
using Faultline.Lab.Control;
using Faultline.Lab.Experiments;
using Faultline.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>GET /api/runs/{id}/lines: what a run tells, as JSON lines, until it has ended and everything is put back.</summary>
internal static class ReadRunLines
{
    public const string MediaType = "application/x-ndjson";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/runs/{id}/lines", Handle).WithName("FollowRun").WithTags("runs")
        .WithSummary("What a run tells, a JSON object on each line, from the first line after ?after= (a number; 0 when left out) until the run has ended")
        .Produces<RunLine>(StatusCodes.Status200OK, MediaType).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);

    private static IResult Handle(string id, string? after, ControlPlane plane) => Runs.With(id, plane, run =>
        Numbers.TryRead(after, 0, 0, int.MaxValue, out int number) ? new Lines(run, number) : LabProblems.OutOfRange.With("after", after, $"a whole number from 0 to {int.MaxValue}"));

    private sealed class Lines(LabRun run, long after) : IResult
    {
        private static readonly byte[] End = [(byte)'\n'];

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            HttpResponse reply = httpContext.Response;
            CancellationToken gone = httpContext.RequestAborted;
            reply.ContentType = MediaType;
            reply.Headers.CacheControl = "no-store";
            try
            {
                await reply.StartAsync(gone);
                await reply.Body.FlushAsync(gone); // The reader knows at once that it is heard.
                await foreach (RunLine line in run.Log.FollowAsync(after, gone))
                {
                    await JsonSerializer.SerializeAsync(reply.Body, line, ProtocolJson.Options, gone);
                    await reply.Body.WriteAsync(End, gone);
                    await reply.Body.FlushAsync(gone);
                }
            }
            catch (OperationCanceledException) when (gone.IsCancellationRequested)
            {
                return; // The reader has gone, or the lab ends.
            }
        }
    }
}
