using Faultline.Lab.Control;
using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Faultline.Lab.Telemetry;
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
public sealed record JourneyView(string Id, string Of, string System, IReadOnlyList<JourneyStep> Steps)
{
    /// <summary>How it has come out so far.</summary>
    public JourneyOutcome Outcome { get; init; }

    /// <summary>What it comes to, in one sentence.</summary>
    public string Says { get; init; } = "";

    /// <summary>What became of each message at each of its consumers.</summary>
    public IReadOnlyList<JourneyEnd> Ends { get; init; } = [];

    /// <summary>The steps as the services timed them, where a trace of it is still kept; nothing rests on it.</summary>
    public IReadOnlyList<SpanRecord> Spans { get; init; } = [];
}

/// <summary>What became of a message at a consumer.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="Type">Its type.</param>
/// <param name="Consumer">The consumer.</param>
/// <param name="Fate">Where it stands.</param>
/// <param name="Effects">How many handlings committed.</param>
public sealed record JourneyEnd(Guid MessageId, string Type, string Consumer, Fate Fate, int Effects);

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
                MessageLedger ledger = await LedgerReader.ReadAsync(system, stop);
                if (Find(ledger, id) is ({ } of, { } steps, { } messages)) return TypedResults.Ok(WithEnds(new JourneyView(id, of, system.Spec.Name, steps), ledger, messages, plane.Lab.Telemetry.Spans));
            }

            return LabProblems.NoJourney.With(id);
        }
        catch (LabException away)
        {
            return ServiceDoor.Away(away);
        }
    }

    private static (string? Of, IReadOnlyList<JourneyStep>? Steps, IReadOnlyList<MessageView>? Messages) Find(MessageLedger ledger, string id)
    {
        if (Guid.TryParse(id, out Guid message) && ledger.Message(message) is { } found) return ("message", Journeys.OfMessage(ledger, NoHistory, message), [found]);
        if (ledger.Knows(id)) return ("operation", Journeys.OfOperation(ledger, NoHistory, id), [.. ledger.MessagesOf(id)]);

        MessageView[] ofKey = [.. ledger.Messages().Where(view => view.Key == id).Take(MessagesMax)];
        return ofKey.Length == 0 ? default : ("key", [.. ofKey.SelectMany(view => Journeys.OfMessage(ledger, NoHistory, view.Id)).Distinct().OrderBy(step => step.At is null).ThenBy(step => step.At)], ofKey);
    }

    private static JourneyView WithEnds(JourneyView view, MessageLedger ledger, IReadOnlyList<MessageView> messages, SpanStore spans)
    {
        HashSet<Guid> ids = [.. messages.Select(message => message.Id)];
        Delivery[] deliveries = [.. ledger.Deliveries().Where(delivery => ids.Contains(delivery.MessageId) && delivery.Fate != Fate.Injected)];
        string[] names = [view.Id, .. messages.Select(message => message.OperationId).OfType<string>(), .. ids.Select(id => id.ToString())];
        JourneyOutcome outcome = JourneyList.OutcomeOf(deliveries);
        return view with
        {
            Outcome = outcome,
            Says = JourneySentence.Of(outcome, deliveries),
            Ends = [.. deliveries.Select(delivery => new JourneyEnd(delivery.MessageId, delivery.Type, delivery.Consumer, delivery.Fate, delivery.Effects))],
            Spans = names.Distinct().Select(spans.Find).FirstOrDefault(found => found.Count > 0) ?? [],
        };
    }
}
