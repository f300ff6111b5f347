using Faultline.Protocol.Faults;
using Faultline.Triggers;

namespace Faultline.Anomalies;

/// <summary>An anomaly as it is in force: what was asked for, read once into the parts that decide and act. Immutable.</summary>
/// <param name="Config">What was asked for.</param>
/// <param name="Point">Where.</param>
/// <param name="Kind">What.</param>
/// <param name="Matcher">On which.</param>
/// <param name="Rule">When.</param>
internal sealed record AnomalyModel(Anomaly Config, FaultPoint Point, FaultKind Kind, Matcher Matcher, TriggerRule Rule)
{
    /// <summary>Reads an anomaly from the store.</summary>
    /// <param name="config">What was asked for.</param>
    /// <param name="points">The points of this process.</param>
    /// <returns>The model, or null when this version of the product does not know its point, kind or trigger (another replica may be newer).</returns>
    public static AnomalyModel? Read(Anomaly config, IReadOnlyList<FaultPoint> points)
    {
        FaultPoint? point = points.FirstOrDefault(known => known.Name == config.Point);
        FaultKind? kind = FaultKindTable.Find(config.Kind);
        TriggerRule? rule = ReadRule(config.Trigger, out _);
        MatchSpec match = config.Match;
        return point is null || kind is null || rule is null ? null
            : new AnomalyModel(config, point, kind, new Matcher(match.MessageType, match.Key, match.MessageId, match.Headers, match.Method, match.Path), rule);
    }

    /// <summary>Reads a trigger; none means on every match.</summary>
    public static TriggerRule? ReadRule(TriggerSpec? spec, out string? problem)
    {
        (DateTimeOffset?, DateTimeOffset?)? window = spec?.While is { } span ? (span.From, span.Until) : null;
        return TriggerRule.Read(spec?.Once, spec?.Nth, spec?.First, spec?.Every, spec?.Probability, window, out problem);
    }

    /// <summary>The dice that decide whether it fires on this passage, which it has hit so many times before.</summary>
    public Dice DiceToFire(Passage passage, long match, int hitBefore) => DiceFor("fire", passage, match, hitBefore);

    /// <summary>The dice that decide what it does: a stream of its own, so that a new draw there never changes when faults fire.</summary>
    public Dice DiceToAct(Passage passage, long match) => DiceFor("act", passage, match, 0);

    /// <summary>Whether it can act at this time: not expired, and inside its window if it has one.</summary>
    public bool IsOpen(DateTimeOffset now) =>
        !(Config.ExpiresAt <= now) && (Rule is not TriggerRule.While window || window.Fires(new Occasion(1, 0, now, Unrolled)));

    /// <summary>The next time at which <see cref="IsOpen"/> may change, or null when never.</summary>
    public DateTimeOffset? NextEdge(DateTimeOffset now)
    {
        DateTimeOffset? edge = null;
        var window = Rule as TriggerRule.While;
        foreach (DateTimeOffset? candidate in new[] { Config.ExpiresAt, window?.From, window?.Until })
        {
            if (candidate > now && (edge is null || candidate < edge)) edge = candidate;
        }

        return edge;
    }

    private static readonly Dice Unrolled = new(0);

    // Not the id: it is drawn anew each time somebody places the anomaly, and the same seed on the same anomaly must hit the same operations again.
    // A passage that belongs to no operation and is no message has nothing stable but its place in the row.
    private Dice DiceFor(string purpose, Passage passage, long match, int hitBefore) =>
        new Seed(Config.Seed).For(
            $"{purpose}/{Config.Point}/{Config.Kind}",
            passage.OperationId is { } operation ? OperationIds.WithoutRun(operation) : passage.MessageId?.ToString() ?? $"match {match}",
            $"{Config.Service}/{passage.Subject}",
            passage.Attempt + hitBefore);
}
