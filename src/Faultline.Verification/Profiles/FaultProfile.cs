namespace Faultline.Verification.Profiles;

/// <summary>A weather for a whole system: how its links fail and what is taken down, all drawn from the seed of the run. It is one fault: it has fired when any part of it has.</summary>
public sealed record FaultProfile
{
    /// <summary>The name, lower case letters.</summary>
    public required string Name { get; init; }

    /// <summary>What it is like, for lists.</summary>
    public required string Says { get; init; }

    /// <summary>What the HTTP links do.</summary>
    public IReadOnlyList<LinkFailures> Links { get; init; } = [];

    /// <summary>What the links do that carry bytes, such as those to databases.</summary>
    public IReadOnlyList<LinkToxic> Toxics { get; init; } = [];

    /// <summary>What is taken down; null for nothing.</summary>
    public DisruptorPlan? Disruptor { get; init; }

    /// <summary>Whether it does anything at all.</summary>
    public bool IsCalm => Links.Count == 0 && Toxics.Count == 0 && Disruptor is null;
}

/// <summary>How an HTTP link fails. A failure is, half and half, a cut connection or a 503.</summary>
/// <param name="Link">The link, as <c>orders-menu</c>; the client is <c>client</c>.</param>
/// <param name="FailsBefore">The share of requests that fail before the work is done, 0 to 1.</param>
/// <param name="FailsAfter">The share of requests that fail after the work is done, 0 to 1.</param>
/// <param name="LatencyMax">The longest delay before, and again after; each is uniform from 0.</param>
public sealed record LinkFailures(string Link, double FailsBefore, double FailsAfter, TimeSpan LatencyMax);

/// <summary>A toxic on links.</summary>
/// <param name="Link">The link, as <c>orders-database</c>.</param>
/// <param name="Type">The kind of toxic.</param>
/// <param name="Toxicity">The share of connections, 0 to 1.</param>
/// <param name="Attributes">The attributes of its kind.</param>
public sealed record LinkToxic(string Link, string Type, double Toxicity, IReadOnlyDictionary<string, double> Attributes);

/// <summary>Takes one target down every so often, by kill or graceful stop, and brings it back.</summary>
/// <param name="Every">How often: after the begin of the one before, or without overlap after it is well again.</param>
/// <param name="DownMax">The longest time down; uniform from 0.</param>
/// <param name="Targets">Services as <c>system/service</c>, or servers as <c>postgres/services</c>.</param>
/// <param name="Overlap">Whether the next may go down while the one before is still away.</param>
public sealed record DisruptorPlan(TimeSpan Every, TimeSpan DownMax, IReadOnlyList<string> Targets, bool Overlap);
