using Faultline.Lab.Control;
using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Faultline.Verification.Histories;
using Faultline.Verification.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>The life of a message or an operation.</summary>
/// <param name="Id">What was asked for.</param>
/// <param name="Of">What it is: message, operation or key.</param>
/// <param name="System">The system that knows it.</param>
/// <param name="Steps">What happened, oldest first; what never came at the end.</param>
public sealed record JourneyView(string Id, string Of, string System, IReadOnlyList<JourneyStep> Steps);

/// <summary>GET /api/journey/{id}: the life of a message, an operation, or everything about one key.</summary>
internal static class ReadJourney
{
    private const int MessagesMax = 50;

    private static readonly Dictionary<string, Operation> NoHistory = []; // Requests by hand are in no history; the durable state tells enough.

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/journey/{id}", HandleAsync).WithName("ReadJourney").WithTags("journeys")
        .WithSummary("The life of a message (by its id), an operation (by its id) or a business object (by its key), from the durable state of all services")
        .Produces<JourneyView>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> HandleAsync(string id, ControlPlane plane, CancellationToken stop)
    {
        try
        {
            foreach (LabSystem system in plane.Running)
            {
                if (Find(await LedgerReader.ReadAsync(system, stop), id) is ({ } of, { } steps)) return TypedResults.Ok(new JourneyView(id, of, system.Spec.Name, steps));
            }

            return LabProblems.NoJourney.With(id);
        }
        catch (LabException away)
        {
            return ServiceDoor.Away(away);
        }
    }

    private static (string? Of, IReadOnlyList<JourneyStep>? Steps) Find(MessageLedger ledger, string id)
    {
        if (Guid.TryParse(id, out Guid message) && ledger.Message(message) is not null) return ("message", Journeys.OfMessage(ledger, NoHistory, message));
        if (ledger.Knows(id)) return ("operation", Journeys.OfOperation(ledger, NoHistory, id));

        MessageView[] ofKey = [.. ledger.Messages().Where(view => view.Key == id).Take(MessagesMax)];
        return ofKey.Length == 0 ? default : ("key", [.. ofKey.SelectMany(view => Journeys.OfMessage(ledger, NoHistory, view.Id)).Distinct().OrderBy(step => step.At is null).ThenBy(step => step.At)]);
    }
}
