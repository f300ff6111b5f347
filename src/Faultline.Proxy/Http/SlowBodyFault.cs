namespace Faultline.Proxy.Http;

/// <summary><c>slow_body</c>: the body trickles. Before it is the request's, after it is the reply's.</summary>
internal sealed class SlowBodyFault() : HttpFaultKind("slow_body")
{
    private const double RatePreset = 1000;

    public override IEnumerable<string> Problems(HttpFaultSettings settings)
    {
        if (settings.BytesPerSecond is { } rate && !(rate >= 1)) yield return $"bytes_per_second is {rate}; it must be at least 1";
    }

    public override void Act(HttpPlan plan, in HttpAct act) => plan.BytesPerSecond = act.Settings.BytesPerSecond ?? RatePreset;
}
