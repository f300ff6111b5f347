using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace TicketFlow.Metrics.Endpoints;

/// <summary>Everything under <c>/live</c>, and who may see it.</summary>
internal static class LiveEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder live = RequireSupervisor(routes.MapGroup("/live"));
        ReadLive.Map(live);
        FollowLive.Map(live);
    }

    /// <summary>The one place that says who may look: supervisors only. The token of the desk is to be checked here once the desk gives one out; until then whoever reaches the service may look.</summary>
    private static RouteGroupBuilder RequireSupervisor(RouteGroupBuilder live) => live;
}
