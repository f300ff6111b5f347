using System.Collections.Immutable;
using Faultline.Protocol.Faults;
using Faultline.Triggers;

namespace Faultline.Anomalies;

/// <summary>The counters of an anomaly over all instances of its service.</summary>
/// <param name="Matched">How many passages it found to match.</param>
/// <param name="Fired">How often it acted.</param>
public readonly record struct ClaimCounters(long Matched, long Fired);

/// <summary>Passages of one operation and one kind of subject: what chance decides on.</summary>
/// <param name="Operation">The operation, or the message where there is none.</param>
/// <param name="Subject">The type of the message, or the request.</param>
public readonly record struct HitSubject(string Operation, string? Subject)
{
    /// <summary>What a firing hit; null when it has nothing stable that could come again.</summary>
    /// <param name="firing">The firing.</param>
    public static HitSubject? Of(Firing firing) => (firing.OperationId ?? firing.MessageId?.ToString()) is { } operation ? new HitSubject(operation, firing.MessageType) : null;

    internal static HitSubject? Of(Passage passage) => (passage.OperationId ?? passage.MessageId?.ToString()) is { } operation ? new HitSubject(operation, passage.Subject) : null;
}

/// <summary>What a claim leaves behind: the counters afterwards, and a record for each firing.</summary>
/// <param name="Counters">The counters after this claim.</param>
/// <param name="Firings">One per firing, in the order of the batch; <see cref="Firing.Id"/> is 0 until the store has given one.</param>
public sealed record ClaimOutcome(ClaimCounters Counters, ImmutableArray<Firing> Firings);

/// <summary>
/// The wish of one instance to let an anomaly act on passages that match it. The store answers it in one transaction: lock the anomaly's counters, ask
/// <see cref="Decide"/>, write counters and firings, commit. Only then may the fault act, so no crash erases the record of itself.
/// </summary>
public sealed class Claim
{
    private readonly AnomalyModel _model;
    private readonly IReadOnlyList<Passage> _passages;

    internal Claim(AnomalyModel model, string instance, DateTimeOffset at, IReadOnlyList<Passage> passages)
    {
        _model = model;
        _passages = passages;
        Id = Guid.CreateVersion7(at);
        Instance = instance;
        At = at;
    }

    /// <summary>Identifies this claim, so that a store whose commit ended in doubt can look whether it happened.</summary>
    public Guid Id { get; }

    /// <summary>Which anomaly.</summary>
    public Guid AnomalyId => _model.Config.Id;

    /// <summary>Its place in creation order. An anomaly that was removed and placed again with the same id has another one, and this claim is not for it.</summary>
    public long AnomalyOrder => _model.Config.Order;

    /// <summary>The instance that asks.</summary>
    public string Instance { get; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; }

    /// <summary>The operations of which <see cref="Decide"/> must be told how often this anomaly has hit them; empty when it does not ask.</summary>
    public IReadOnlyList<string> AskedOperations => _model.Rule is not TriggerRule.Probability ? [] : [.. _passages.Select(HitSubject.Of).OfType<HitSubject>().Select(subject => subject.Operation).Distinct()];

    /// <summary>Decides which of the passages fire. Pure: the same state gives the same outcome, however often it is asked.</summary>
    /// <param name="before">The counters that the store holds locked.</param>
    /// <param name="hits">How often the anomaly has fired on each subject of <see cref="AskedOperations"/>: what was hit and comes again draws anew, whatever step it died in.</param>
    public ClaimOutcome Decide(ClaimCounters before, IReadOnlyDictionary<HitSubject, int> hits)
    {
        var now = new Dictionary<HitSubject, int>(hits);
        ImmutableArray<Firing>.Builder firings = ImmutableArray.CreateBuilder<Firing>();
        (long matched, long fired) = (before.Matched, before.Fired);
        foreach (Passage passage in _passages)
        {
            matched++;
            HitSubject? subject = HitSubject.Of(passage);
            int hitBefore = subject is { } known ? now.GetValueOrDefault(known) : 0;
            if (!_model.Rule.Fires(new Occasion(matched, fired, At, _model.DiceToFire(passage, matched, hitBefore)))) continue;

            fired++;
            if (subject is { } hit) now[hit] = hitBefore + 1;
            firings.Add(RecordOf(passage, matched));
        }

        return new ClaimOutcome(new ClaimCounters(matched, fired), firings.ToImmutable());
    }

    private Firing RecordOf(Passage passage, long match) => new(
        Id: 0, AnomalyId, _model.Config.Service, Instance, _model.Config.Point, _model.Config.Kind, match,
        passage.MessageId, passage.Subject, passage.Key, passage.OperationId, passage.Attempt, At);
}
