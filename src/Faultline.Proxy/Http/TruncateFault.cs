namespace Faultline.Proxy.Http;

/// <summary><c>truncate</c>: the body is cut, and the connection closed. Before, the upstream gets half a request and does no work; after, the client gets half a reply.</summary>
internal sealed class TruncateFault() : HttpFaultKind("truncate")
{
    private const int HalfOfIt = -1;

    public override IEnumerable<string> Problems(HttpFaultSettings settings)
    {
        if (settings.Bytes is < 0) yield return $"bytes is {settings.Bytes}; it must be 0 or more";
    }

    public override void Act(HttpPlan plan, in HttpAct act) => plan.CutAfterBytes = act.Settings.Bytes ?? HalfOfIt;
}
