namespace Faultline.Proxy.Http;

/// <summary><c>blackhole</c>: the client gets no answer for as long as it waits; when the fault is removed, its connection is reset.</summary>
internal sealed class BlackholeFault() : HttpFaultKind("blackhole")
{
    public override void Act(HttpPlan plan, in HttpAct act) => plan.Decide(HttpOutcome.Blackhole, removed: act.Removed);
}
