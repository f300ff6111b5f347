using Faultline.Lab.Control;
using Faultline.Lab.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>GET /api/metrics: figures over time, with the times in which faults were there.</summary>
internal static class ReadMetrics
{
    private const int SecondsMin = 10;

    public static void Map(IEndpointRouteBuilder routes)
    {
        Read(routes);
        routes.MapGet("/metrics/latest", LatestAsync).WithName("ReadLatestMetrics").WithTags("metrics").WithSummary("The newest value of each figure, as the events tell it with ?topics=metrics");
    }

    private static async Task<Ok<MetricsSample>> LatestAsync(LiveMap map, CancellationToken stop)
    {
        await map.LookAsync(stop);
        return TypedResults.Ok(map.Metrics.Latest());
    }

    private static void Read(IEndpointRouteBuilder routes) => routes.MapGet("/metrics", HandleAsync).WithName("ReadMetrics").WithTags("metrics")
        .WithSummary("Rates, latencies, queues, processor time and memory over time; ?system= and ?seconds= (10 to 1800; by the second up to 300, by ten seconds beyond)")
        .Produces<MetricsView>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> HandleAsync(string? system, string? seconds, ControlPlane plane, LiveMap map, CancellationToken stop)
    {
        if (!Numbers.TryRead(seconds, MetricsReader.FineSecondsMax, SecondsMin, MetricsReader.SecondsMax, out int count)) return LabProblems.OutOfRange.With("seconds", seconds, $"a whole number from {SecondsMin} to {MetricsReader.SecondsMax}");
        if (system is not null && plane.Known.All(spec => spec.Name != system)) return ReadSystems.Unknown(system, plane);

        await map.LookAsync(stop); // Whoever reads figures watches: depths and loads are taken from now on.
        return TypedResults.Ok(map.Metrics.Read(system, count));
    }
}
