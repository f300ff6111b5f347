namespace Faultline.Proxy.Http;

/// <summary><c>garbage</c>: bytes drawn from the seed stand in for the body; its length and the headers stay. Before, the client gets a 200 with garbage, and the upstream is not called.</summary>
internal sealed class GarbageFault() : HttpFaultKind("garbage")
{
    private const int BytesPreset = 256;
    private const int BytesMax = 1 << 20;

    public override IEnumerable<string> Problems(HttpFaultSettings settings)
    {
        if (settings.Bytes is < 1 or > BytesMax) yield return $"bytes is {settings.Bytes}; it must be 1 to {BytesMax}";
    }

    public override void Act(HttpPlan plan, in HttpAct act)
    {
        if (act.Phase is HttpPhase.After)
        {
            plan.Garbage = act.Dice;
            return;
        }

        byte[] body = new byte[act.Settings.Bytes ?? BytesPreset];
        for (int index = 0; index < body.Length; index++) body[index] = (byte)act.Dice.Below(byte.MaxValue + 1);
        plan.Decide(HttpOutcome.Answer, new HttpAnswer(200, "application/json", body, RetryAfterSeconds: null));
    }
}
