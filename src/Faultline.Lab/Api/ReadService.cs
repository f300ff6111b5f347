using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>A service: what it has, and how it does.</summary>
/// <param name="Description">What it publishes, consumes and has.</param>
/// <param name="Status">How it does.</param>
public sealed record ServiceView(ServiceDescription Description, ServiceStatus Status);

/// <summary>GET /api/services/{system}/{service}.</summary>
internal static class ReadService
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/services/{system}/{service}", Handle).WithName("ReadService").WithTags("services")
        .WithSummary("What a service has, and how it does").ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<ServiceView>, ProblemHttpResult>> Handle(string system, string service, ServiceDoor door, StatusReader status, CancellationToken stop)
    {
        string name = $"{system}/{service}";
        ServiceDescription? description = door.Plane.Known.SelectMany(spec => spec.Services).FirstOrDefault(known => known.Service == name);
        return description is null
            ? LabProblems.UnknownService.With(name, string.Join(", ", door.Services))
            : TypedResults.Ok(new ServiceView(description, await status.ReadAsync(name, stop)));
    }
}
