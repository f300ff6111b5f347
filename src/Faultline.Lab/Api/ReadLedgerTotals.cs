using Faultline.Lab.Control;
using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Faultline.Verification.Histories;
using Faultline.Verification.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>GET /api/systems/{system}/ledger: the account of all messages of a system, as figures.</summary>
internal static class ReadLedgerTotals
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/systems/{system}/ledger", HandleAsync).WithName("ReadLedgerTotals").WithTags("systems")
        .WithSummary("How many messages were published, handled, duplicated, lost, parked; operations are counted in runs only")
        .Produces<LedgerTotals>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> HandleAsync(string system, ControlPlane plane, CancellationToken stop)
    {
        if (plane.Known.All(spec => spec.Name != system)) return ReadSystems.Unknown(system, plane);
        if (plane.FindRunning(system) is not { } running) return LabProblems.NotRunning.With(system, $"start it with 'faultline up {system}'");

        try
        {
            return TypedResults.Ok(LedgerTotals.Of(await LedgerReader.ReadAsync(running, stop), History.Of([])));
        }
        catch (LabException away)
        {
            return ServiceDoor.Away(away);
        }
    }
}
