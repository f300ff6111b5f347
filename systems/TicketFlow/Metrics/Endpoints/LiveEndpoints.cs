using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using TicketFlow.Desk;

namespace TicketFlow.Metrics.Endpoints;

/// <summary>Everything under <c>/live</c>, for supervisors.</summary>
internal static class LiveEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder live = routes.MapGroup("/live").RequireDesk(DeskRole.Supervisor);
        ReadLive.Map(live);
        FollowLive.Map(live);
    }
}
