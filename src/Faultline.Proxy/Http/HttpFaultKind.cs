using Faultline.Triggers;

namespace Faultline.Proxy.Http;

/// <summary>A kind of HTTP fault: a page of its own, and a row of <see cref="HttpFaultKinds"/>.</summary>
internal abstract class HttpFaultKind(string name)
{
    public string Name { get; } = name;

    /// <summary>Why it cannot act at a phase, or null.</summary>
    public virtual string? Refusal(HttpPhase phase) => null;

    /// <summary>What is wrong with the settings, as far as it reads them.</summary>
    public virtual IEnumerable<string> Problems(HttpFaultSettings settings) => [];

    /// <summary>Writes down what it does.</summary>
    public abstract void Act(HttpPlan plan, in HttpAct act);
}

/// <summary>What a kind knows when it acts.</summary>
/// <param name="Phase">Before or after the upstream's work.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Dice">Its chance.</param>
/// <param name="Removed">When its fault is removed.</param>
internal readonly record struct HttpAct(HttpPhase Phase, HttpFaultSettings Settings, Dice Dice, CancellationToken Removed);
