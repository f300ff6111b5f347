using Faultline.Messaging.Running;
using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Hosting.Control;

/// <summary>GET /messaging: how much is under way in the service's database, its queue, and this instance.</summary>
internal static class ReadState
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/messaging", HandleAsync);

    private static async Task<MessagingState> HandleAsync([FromServices] ServiceBackend backend, [FromServices] MessagingCore core, HttpContext http) =>
        await backend.ReadStateAsync(http.RequestAborted) with { InHand = core.InHand };
}
