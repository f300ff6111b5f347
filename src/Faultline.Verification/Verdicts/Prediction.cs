using Faultline.Protocol.Faults;
using Faultline.Protocol.Ledger;
using Faultline.Verification.Ledger;

namespace Faultline.Verification.Verdicts;

/// <summary>One message at one consumer.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="Consumer">The consumer.</param>
public readonly record struct Owed(Guid MessageId, string Consumer);

/// <summary>Something that cut off the work of a service: its process died or was paused, or its connections ended. Messages that were not settled come again.</summary>
/// <param name="Service">Which, or null for all: a server that everybody uses.</param>
/// <param name="At">When, UTC.</param>
public readonly record struct Interruption(string? Service, DateTimeOffset At);

/// <summary>What the firings of a cell may cause, by the fault table: decided from the firings alone, before any finding is looked at.</summary>
public sealed class Prediction
{
    /// <summary>A firing is dated before it is recorded, and a death takes its moment: what is this close may have come after.</summary>
    private static readonly TimeSpan InterruptionReach = TimeSpan.FromSeconds(5);

    /// <summary>How long a message of another transaction may have been committed and not yet sent.</summary>
    private static readonly TimeSpan SendReach = TimeSpan.FromSeconds(1);

    private readonly HashSet<Owed> _mustLose = [];
    private readonly HashSet<Owed> _mayLose = [];
    private readonly HashSet<Owed> _mustDie = [];
    private readonly HashSet<Owed> _mayDie = [];
    private readonly HashSet<string> _operations = [];
    private readonly List<Firing> _unseen = [];
    private readonly Dictionary<string, DateTimeOffset> _interrupted = [];

    private Prediction()
    {
    }

    /// <summary>Deliveries that must be lost.</summary>
    public IReadOnlySet<Owed> MustLose => _mustLose;

    /// <summary>Deliveries that may be lost, the former included.</summary>
    public IReadOnlySet<Owed> MayLose => _mayLose;

    /// <summary>Deliveries that must be among the dead letters.</summary>
    public IReadOnlySet<Owed> MustDie => _mustDie;

    /// <summary>Deliveries that may be among the dead letters: whatever a fault hit may fail too often.</summary>
    public IReadOnlySet<Owed> MayDie => _mayDie;

    /// <summary>The operations whose messages may be lost or dead: what a system's own rules say about them is a consequence.</summary>
    public IReadOnlySet<string> Operations => _operations;

    /// <summary>Destructive firings on messages that no committed transaction published: what they lost cannot be seen.</summary>
    public IReadOnlyList<Firing> Unseen => _unseen;

    /// <summary>Whether any fault that fired loses messages or sends them to the dead letters.</summary>
    public bool IsDestructive { get; private set; }

    /// <summary>Decides what the firings may cause.</summary>
    /// <param name="firings">Each with whether its fault's exceptions pass when tried again.</param>
    /// <param name="ledger">For routes and publishers of the messages that were hit.</param>
    /// <param name="interruptions">What cut off the work of services while the cell ran, whichever cell it belongs to.</param>
    public static Prediction Of(IReadOnlyList<(Firing Firing, bool Transient)> firings, MessageLedger ledger, IReadOnlyList<Interruption> interruptions)
    {
        var prediction = new Prediction();
        foreach (Interruption interruption in interruptions) prediction.Note(interruption);
        HashSet<Guid> repeated =
        [
            .. firings.Where(hit => hit.Firing.Kind is FaultKinds.Duplicate or FaultKinds.Crash or FaultKinds.Drop or FaultKinds.Hang).Select(hit => hit.Firing.MessageId ?? Guid.Empty),
        ];
        foreach ((Firing firing, bool transient) in firings)
        {
            if (FaultPoints.Find(firing.Point) is { } point) prediction.Take(firing, point, FaultTable.Of(firing.Kind, point, transient).Effect, repeated, ledger);
        }

        prediction._mustDie.ExceptWith(prediction._mustLose); // A message that is swallowed on its way to the dead letters never comes there.
        return prediction;
    }

    private void Take(Firing firing, FaultPoint point, FaultEffect effect, HashSet<Guid> repeated, MessageLedger ledger)
    {
        MessageView? message = firing.MessageId is { } id ? ledger.Message(id) : null;
        bool isKnown = message is { IsPublished: true };
        List<Owed> hit = isKnown ? Hit(firing, point, message!.Value) : [];
        if (effect is not (FaultEffect.Loses or FaultEffect.DeadLetters))
        {
            _mayDie.UnionWith(hit);
            if (!isKnown) _mayDie.UnionWith(HandledMeanwhile(firing, ledger));
            return;
        }

        IsDestructive = true;
        if (firing.OperationId is { } operation) _operations.Add(operation);
        if (message?.OperationId is { } root) _operations.Add(root);
        List<Owed> certain = isKnown ? [.. hit.Where(owed => IsCertain(firing, owed, message!.Value, repeated))] : [];
        if (effect == FaultEffect.Loses)
        {
            _mayLose.UnionWith(hit);
            _mustLose.UnionWith(certain);
            if (!isKnown) _unseen.Add(firing);
            if (firing.Kind is FaultKinds.Crash or FaultKinds.Exception && isKnown) _mayLose.UnionWith(SameTransaction(message!.Value, ledger));
            if (firing.Kind == FaultKinds.Crash && point.Pipeline == "publish") _mayLose.UnionWith(NotYetSent(firing, ledger));
            return;
        }

        _mayDie.UnionWith(hit);
        _mustDie.UnionWith(certain);
        if (!isKnown) _mayDie.UnionWith(HandledMeanwhile(firing, ledger));
    }

    private void Note(Interruption interruption)
    {
        string service = interruption.Service ?? "";
        if (!_interrupted.TryGetValue(service, out DateTimeOffset last) || last < interruption.At) _interrupted[service] = interruption.At;
    }

    /// <summary>
    /// Whether a loss must be seen. Whatever makes the same message come again may undo it: another fault on that message, or a process of its publisher or of its consumer whose work was
    /// cut off before it was settled. A crash or a drop that loses a message by itself leaves nothing that could come again.
    /// </summary>
    private bool IsCertain(Firing firing, Owed owed, MessageView message, HashSet<Guid> repeated) =>
        firing.Kind is FaultKinds.Crash or FaultKinds.Drop
        || (!repeated.Contains(message.Id) && !WasInterrupted("", firing.At) && !WasInterrupted(owed.Consumer, firing.At) && !WasInterrupted(message.Publisher ?? "", firing.At));

    private bool WasInterrupted(string service, DateTimeOffset hitAt) => _interrupted.TryGetValue(service, out DateTimeOffset last) && last >= hitAt - InterruptionReach;

    /// <summary>A consuming step concerns its own service; a producing one every consumer of the message.</summary>
    private static List<Owed> Hit(Firing firing, FaultPoint point, MessageView message)
    {
        bool isConsumer = message.Consumers.Contains(firing.Service);
        bool asConsumer = point.Pipeline is "consume" or "retry" or "deadletter" || (point.Pipeline == "transaction" && isConsumer);
        return asConsumer ? [new Owed(message.Id, firing.Service)] : [.. message.Consumers.Select(consumer => new Owed(message.Id, consumer))];
    }

    /// <summary>
    /// A failure while a message was being published takes back the whole transaction, the message included, so that the ledger does not know it. What then
    /// fails is the message whose handler ran: one of the same operation at this service.
    /// </summary>
    private static IEnumerable<Owed> HandledMeanwhile(Firing firing, MessageLedger ledger) =>
        firing.OperationId is not { } operation ? []
        : ledger.MessagesOf(operation).Where(message => message.Consumers.Contains(firing.Service)).Select(message => new Owed(message.Id, firing.Service));

    /// <summary>A process that dies while it sends directly has other transactions beside: what they committed and had not sent yet is lost as well.</summary>
    private static IEnumerable<Owed> NotYetSent(Firing firing, MessageLedger ledger) =>
        ledger.Messages().Where(message => message.Publisher == firing.Service && message.Facts.Any(fact =>
                fact.Fact == LedgerFact.Published && fact.Instance == firing.Instance && fact.At <= firing.At.UtcDateTime && fact.At >= firing.At.UtcDateTime - SendReach))
            .SelectMany(message => message.Consumers.Select(consumer => new Owed(message.Id, consumer)));

    /// <summary>A process that dies or fails while it sends directly loses what the same transaction wanted to send after it.</summary>
    private static IEnumerable<Owed> SameTransaction(MessageView hit, MessageLedger ledger) =>
        hit.OperationId is not { } operation ? []
        : ledger.MessagesOf(operation).Where(message => message.Publisher == hit.Publisher && message.CausationId == hit.CausationId)
            .SelectMany(message => message.Consumers.Select(consumer => new Owed(message.Id, consumer)));
}
