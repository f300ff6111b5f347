using System.Globalization;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Histories;
using Faultline.Protocol.Ledger;
using Faultline.Verification.Histories;

namespace Faultline.Verification.Ledger;

/// <summary>One step in the life of a message or an operation.</summary>
/// <param name="At">When, UTC; null for the closing remark that something never came.</param>
/// <param name="Service">Where, as <c>system/service</c>; null at the client.</param>
/// <param name="Instance">The instance that acted.</param>
/// <param name="Attempt">Which attempt; 0 where there is none.</param>
/// <param name="What">What happened, in words.</param>
/// <param name="IsFault">Whether this is a fault that the experiment placed.</param>
/// <param name="MessageId">The message.</param>
/// <param name="MessageType">Its type.</param>
public sealed record JourneyStep(DateTime? At, string? Service, string? Instance, int Attempt, string What, bool IsFault, Guid? MessageId, string? MessageType)
{
    /// <inheritdoc />
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{What}{(Instance ?? Service) switch { null => "", var where => (IsFault ? " on " : " by ") + where }}{(At is { } at ? $" {at:HH:mm:ss.fff}" : "")}{(Attempt > 1 ? $" (attempt {Attempt})" : "")}");
}

/// <summary>Tells the life of one message or operation from the durable state.</summary>
public static class Journeys
{
    private const int CausesMax = 50;
    private const int StepsMax = 60;

    /// <summary>The life of one message: what caused it, every fact about it, the faults that hit it, and where it never came.</summary>
    /// <param name="ledger">The account.</param>
    /// <param name="history">For the operation at the root.</param>
    /// <param name="messageId">The message.</param>
    public static IReadOnlyList<JourneyStep> OfMessage(MessageLedger ledger, IReadOnlyDictionary<string, Operation> history, Guid messageId)
    {
        var steps = new List<JourneyStep>();
        Guid? at = messageId;
        string? operationId = ledger.Message(messageId)?.OperationId;
        for (int depth = 0; at is { } id && depth < CausesMax; depth++)
        {
            if (ledger.Message(id) is not { } message) break;

            // Of a cause only its way to the service that went on matters; of the message itself everything.
            steps.AddRange(StepsOf(ledger, message, whole: depth == 0));
            at = message.CausationId;
        }

        AddFaults(steps, ledger.Store.FiringsOfMessage.GetValueOrDefault(messageId) ?? []);
        if (operationId is not null) AddOperation(steps, history, operationId);
        return InOrder(steps, Missing(ledger, messageId));
    }

    /// <summary>The life of one operation: the request and every message that it caused.</summary>
    /// <param name="ledger">The account.</param>
    /// <param name="history">For the operation itself.</param>
    /// <param name="operationId">The operation.</param>
    public static IReadOnlyList<JourneyStep> OfOperation(MessageLedger ledger, IReadOnlyDictionary<string, Operation> history, string operationId)
    {
        var steps = new List<JourneyStep>();
        var missing = new List<JourneyStep>();
        AddOperation(steps, history, operationId);
        foreach (MessageView message in ledger.MessagesOf(operationId).Take(StepsMax))
        {
            steps.AddRange(StepsOf(ledger, message, whole: true));
            missing.AddRange(Missing(ledger, message.Id));
        }

        AddFaults(steps, ledger.Store.Firings.Where(firing => firing.OperationId == operationId));
        return InOrder(steps, missing);
    }

    private static IEnumerable<JourneyStep> StepsOf(MessageLedger ledger, MessageView message, bool whole)
    {
        string name = message.Type.Length > 0 ? message.Type : "message";
        foreach (FactView fact in message.Facts)
        {
            if (!whole && fact.Fact is not (LedgerFact.Published or LedgerFact.Scheduled or LedgerFact.Handled)) continue;

            string what = fact.Fact switch
            {
                LedgerFact.Published => $"{name} published",
                LedgerFact.Scheduled => $"{name} scheduled",
                LedgerFact.Cancelled => $"{name} taken back",
                LedgerFact.Handled => $"{name} handled",
                LedgerFact.Inbox => $"{name} noted in the inbox",
                LedgerFact.Outbox => $"{name} still waits in the outbox",
                LedgerFact.ScheduleWaiting => $"{name} still waits in the schedule",
                LedgerFact.Parked => $"{name} parked for a retry{Because(fact)}",
                LedgerFact.DeadLettered => $"{name} put among the dead letters{Because(fact)}",
                _ => $"{name} discarded from the dead letters",
            };
            yield return new JourneyStep(fact.At, fact.Service, fact.Instance, fact.Attempt, what, IsFault: false, message.Id, message.Type);
        }

        if (!whole)
        {
            foreach (Firing firing in ledger.Store.FiringsOfMessage.GetValueOrDefault(message.Id) ?? []) yield return Step(firing);
        }
    }

    private static string Because(FactView fact) => fact.Reason is null ? "" : $": {fact.Reason}";

    private static JourneyStep Step(Firing firing) =>
        new(firing.At.UtcDateTime, firing.Service, firing.Instance, firing.Attempt, $"{firing.Kind} at {firing.Point}", IsFault: true, firing.MessageId, firing.MessageType);

    private static void AddFaults(List<JourneyStep> steps, IEnumerable<Firing> firings) => steps.AddRange(firings.Select(Step));

    private static void AddOperation(List<JourneyStep> steps, IReadOnlyDictionary<string, Operation> history, string operationId)
    {
        if (!history.TryGetValue(operationId, out Operation operation)) return;

        steps.Add(new JourneyStep(operation.InvokedAt, null, null, 0, $"'{operation.Name}' {operationId} sent by client {operation.Process}", IsFault: false, null, null));
        if (operation.Took is { } took)
        {
            string ending = operation.Outcome switch { Outcome.Ok => "acknowledged", Outcome.Failed => "refused", _ => "ended without an answer" };
            string error = operation.Error is null ? "" : $": {operation.Error}";
            steps.Add(new JourneyStep(operation.InvokedAt + took, null, null, operation.Attempts, $"'{operation.Name}' {ending}{error}", IsFault: false, null, null));
        }
    }

    private static IEnumerable<JourneyStep> Missing(MessageLedger ledger, Guid messageId)
    {
        if (ledger.Message(messageId) is not { IsPublished: true, IsInjected: false } message) yield break;

        foreach (string consumer in message.Consumers)
        {
            List<FactView> there = [.. message.Facts.Where(fact => fact.Service == consumer && fact.Fact is not (LedgerFact.Published or LedgerFact.Scheduled or LedgerFact.Outbox or LedgerFact.ScheduleWaiting))];
            if (there.Count == 0) yield return new JourneyStep(null, null, null, 0, $"{message.Type} never reached {consumer}", IsFault: false, messageId, message.Type);
            else if (there.TrueForAll(fact => fact.Fact == LedgerFact.Inbox)) yield return new JourneyStep(null, null, null, 0, $"{message.Type} never had its effect at {consumer}", IsFault: false, messageId, message.Type);
        }
    }

    private static IReadOnlyList<JourneyStep> InOrder(List<JourneyStep> steps, IEnumerable<JourneyStep> missing) =>
        [.. steps.OrderBy(step => step.At).Take(StepsMax), .. missing.Take(StepsMax)];
}
