using System.Text.Json;
using Faultline.Lab.Control;
using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Faultline.Verification.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>Journeys that were found.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Since">Older ones were not looked at; null when all were.</param>
/// <param name="Outcomes">What ?outcome= may be.</param>
public sealed record JourneysFound(IReadOnlyList<JourneyItem> Items, DateTime? Since, IReadOnlyList<string> Outcomes);

/// <summary>GET /api/journeys: the newest journeys, or those of an id or a key.</summary>
internal static class ListJourneys
{
    private const int LimitUsual = 50, LimitMax = 500;

    private static readonly string[] Outcomes = [.. Enum.GetNames<JourneyOutcome>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/journeys", HandleAsync).WithName("ListJourneys").WithTags("journeys")
        .WithSummary("The newest operations with their outcome; ?system=, ?outcome=, ?type= and ?service= narrow it, ?text= finds an id of a message or operation, or a key, however old")
        .Produces<JourneysFound>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> HandleAsync(string? system, string? text, string? outcome, string? type, string? service, string? limit, ControlPlane plane, CancellationToken stop)
    {
        if (!Numbers.TryRead(limit, LimitUsual, 1, LimitMax, out int count)) return LabProblems.OutOfRange.With("limit", limit, $"a whole number from 1 to {LimitMax}");
        if (outcome is not null && !Outcomes.Contains(outcome)) return LabProblems.OutOfRange.With("outcome", outcome, $"one of: {string.Join(", ", Outcomes)}");
        if (system is not null && plane.Known.All(spec => spec.Name != system)) return ReadSystems.Unknown(system, plane);

        string? wanted = string.IsNullOrWhiteSpace(text) ? null : text.Trim();
        List<JourneyItem> items = [];
        DateTime? since = null;
        try
        {
            foreach (LabSystem running in plane.Running.Where(running => system is null || running.Spec.Name == system))
            {
                (MessageLedger ledger, DateTime? from) = wanted is null ? await LedgerReader.ReadRecentAsync(running, stop) : (await LedgerReader.ReadAsync(running, stop), null);
                if (from > (since ?? DateTime.MinValue)) since = from;
                IEnumerable<JourneyItem> found = JourneyList.Of(running.Spec.Name, ledger, from)
                    .Where(item => (outcome is null || JsonNamingPolicy.CamelCase.ConvertName(item.Outcome.ToString()) == outcome) && (type is null || item.Types.Contains(type)) && (service is null || item.Services.Contains(service)));
                string? operation = Guid.TryParse(wanted, out Guid id) ? ledger.Message(id)?.OperationId : null;
                items.AddRange(found.Where(item => wanted is null || item.Id == wanted || item.Key == wanted || item.Id == operation).Take(count));
            }
        }
        catch (LabException away)
        {
            return ServiceDoor.Away(away);
        }

        return TypedResults.Ok(new JourneysFound([.. items.OrderByDescending(item => item.StartedAt).Take(count)], since, Outcomes));
    }
}
