using System.Text.Json.Serialization;

namespace Faultline.Verification.Checkers;

/// <summary>The ladder of verdicts: the worst wins.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>Everything that was to be judged was judged, and held.</summary>
    Passed,

    /// <summary>Something could not be judged; nothing that was judged failed.</summary>
    Inconclusive,

    /// <summary>A rule is broken.</summary>
    Failed,
}

/// <summary>Climbs the ladder.</summary>
public static class VerdictLadder
{
    /// <summary>The worst of several verdicts; none at all is inconclusive, because nobody judged.</summary>
    /// <param name="verdicts">Any number.</param>
    public static Verdict Worst(IEnumerable<Verdict> verdicts) => verdicts.Aggregate((Verdict?)null, (worst, next) => worst is { } so && so > next ? so : next) ?? Verdict.Inconclusive;
}
