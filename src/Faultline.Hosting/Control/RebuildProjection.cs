using Faultline.Hosting.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Faultline.Hosting.Control;

/// <summary>POST /projections/{name}/rebuild: removes the rows of a projection, which are then made again from the stream.</summary>
internal static class RebuildProjection
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/projections/{name}/rebuild", HandleAsync);

    private static async Task<IResult> HandleAsync(string name, HttpContext http)
    {
        ProjectionLoop? loop = http.RequestServices.GetService<ProjectionLoop>();
        if (loop?.Names.Contains(name) != true)
        {
            string known = loop is null ? "it has none" : $"there are: {string.Join(", ", loop.Names)}";
            return Results.Problem($"this service has no projection '{name}'; {known}", statusCode: StatusCodes.Status404NotFound);
        }

        await loop.RebuildAsync(name, http.RequestAborted);
        return Results.Accepted();
    }
}
