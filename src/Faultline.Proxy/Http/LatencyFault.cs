namespace Faultline.Proxy.Http;

/// <summary><c>latency</c>: the request, or the reply, waits: a fixed time, one that is uniform between two bounds, or an exponential one with a mean.</summary>
internal sealed class LatencyFault() : HttpFaultKind("latency")
{
    private const double MillisecondsMax = 600_000;

    public override IEnumerable<string> Problems(HttpFaultSettings settings)
    {
        if (settings.Distribution is not (null or "fixed" or "uniform" or "exponential")) yield return $"distribution is '{settings.Distribution}'; it must be fixed, uniform or exponential";

        if (settings.Distribution is "uniform")
        {
            if (settings.MaxMs is null) yield return "max_ms is missing; a uniform latency needs it";
            if (IsWrong(settings.MinMs) || IsWrong(settings.MaxMs) || settings.MinMs > settings.MaxMs) yield return $"min_ms and max_ms must be 0 to {MillisecondsMax}, and min_ms not above max_ms";
        }
        else if (settings.LatencyMs is null)
        {
            yield return "latency_ms is missing";
        }
        else if (IsWrong(settings.LatencyMs))
        {
            yield return $"latency_ms is {settings.LatencyMs}; it must be 0 to {MillisecondsMax}";
        }
    }

    public override void Act(HttpPlan plan, in HttpAct act)
    {
        HttpFaultSettings settings = act.Settings;
        double milliseconds = settings.Distribution switch
        {
            "uniform" => (settings.MinMs ?? 0) + (act.Dice.Fraction() * (settings.MaxMs!.Value - (settings.MinMs ?? 0))),
            "exponential" => Math.Min(MillisecondsMax, -Math.Log(1 - act.Dice.Fraction()) * settings.LatencyMs!.Value),
            _ => settings.LatencyMs!.Value,
        };
        plan.Waits.Add(new HttpWait(TimeSpan.FromMilliseconds(milliseconds), act.Removed));
    }

    private static bool IsWrong(double? milliseconds) => milliseconds is { } value && !(value >= 0 && value <= MillisecondsMax);
}
