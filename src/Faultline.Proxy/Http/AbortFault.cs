namespace Faultline.Proxy.Http;

/// <summary><c>abort</c>: the client's connection is reset.</summary>
internal sealed class AbortFault() : HttpFaultKind("abort")
{
    public override void Act(HttpPlan plan, in HttpAct act) => plan.Decide(HttpOutcome.Abort);
}
