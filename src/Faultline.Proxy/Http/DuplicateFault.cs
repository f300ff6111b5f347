namespace Faultline.Proxy.Http;

/// <summary><c>duplicate</c>: the request is sent again after the upstream answered it; the client gets the last answer.</summary>
internal sealed class DuplicateFault() : HttpFaultKind("duplicate")
{
    private const int CopiesMin = 2;
    private const int CopiesMax = 10;

    public override string? Refusal(HttpPhase phase) => phase is HttpPhase.After ? "duplicate sends the request, so it must be 'before'" : null;

    public override IEnumerable<string> Problems(HttpFaultSettings settings)
    {
        if (settings.Copies is < CopiesMin or > CopiesMax) yield return $"copies is {settings.Copies}; it must be {CopiesMin} to {CopiesMax}";
    }

    public override void Act(HttpPlan plan, in HttpAct act) => plan.Copies = act.Settings.Copies ?? CopiesMin;
}
