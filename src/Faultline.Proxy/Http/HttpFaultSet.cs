using System.Collections.Immutable;

namespace Faultline.Proxy.Http;

/// <summary>The HTTP faults of a link; replaced whole, read without a lock.</summary>
/// <param name="Link">The name of the link, for the record of firings.</param>
/// <param name="OperationHeader">The header that names the operation of a request.</param>
/// <param name="ExemptPaths">Requests that no fault touches, such as health checks; a trailing <c>*</c> is any rest.</param>
/// <param name="Record">Takes each firing, before it acts.</param>
internal sealed record HttpFaultSet(string Link, string OperationHeader, ImmutableArray<string> ExemptPaths, Action<HttpFiring> Record)
{
    public ImmutableArray<HttpFault> Faults { get; init; } = [];

    public HttpFault? Find(string name) => Faults.FirstOrDefault(fault => fault.Name == name);

    /// <summary>What the faults do to a request at a phase, in the order in which they were set; the first that decides the outcome is the last that is asked.</summary>
    public HttpPlan Plan(HttpPhase phase, HttpHead request, TimeProvider time)
    {
        if (Faults.IsEmpty || IsExempt(request.Path)) return HttpPlan.Nothing;

        HttpPlan plan = new();
        string? operation = request.Header(OperationHeader);
        DateTimeOffset now = time.GetUtcNow();
        foreach (HttpFault fault in Faults)
        {
            if (fault.Config.When != phase) continue;
            if (plan.Outcome is not HttpOutcome.Pass) break; // The fate is sealed: a further fault would be counted and have no effect.

            fault.Consider(request, operation, now, plan, (kind, match) => Record(new HttpFiring(now, Link, fault.Name, kind, phase, match, request.Method, request.Path, operation)));
        }

        return plan;
    }

    private bool IsExempt(string path) =>
        ExemptPaths.Any(exempt => exempt.EndsWith('*') ? path.StartsWith(exempt.AsSpan(0, exempt.Length - 1), StringComparison.Ordinal) : path == exempt);
}
