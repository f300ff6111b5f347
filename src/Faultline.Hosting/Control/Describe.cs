using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Hosting.Control;

/// <summary>GET /description: what this service really has.</summary>
internal static class Describe
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/description", (ServiceDescription service) => service);
}
