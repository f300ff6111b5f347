using Faultline.Protocol.Faults;

namespace Faultline.Anomalies;

/// <summary>Waits, then goes on; a removal ends the wait.</summary>
internal sealed class DelayKind() : FaultKind(FaultKinds.Delay, "the step waits, then goes on")
{
    private const int LongestMs = 600_000;

    public override bool HitsWholeBatch => true;

    public override IReadOnlyList<KindParameter> Parameters { get; } =
    [
        new("delayMs", "whole", "how long to wait, in milliseconds") { Required = true, Min = 0, Max = LongestMs },
        new("jitterMs", "whole", "up to this many milliseconds more or less, drawn from the seed") { Min = 0, Max = LongestMs, Default = 0, AtMost = "delayMs" },
    ];

    public override async ValueTask ActAsync(Strike strike, CancellationToken stop)
    {
        int jitterMs = strike.Parameters.JitterMs ?? 0;
        int delayMs = Math.Max(0, (strike.Parameters.DelayMs ?? 0) + strike.Dice.Between(-jitterMs, jitterMs));
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop, strike.Anomaly.Ended);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(delayMs), strike.Context.Time, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return; // The anomaly was removed: the rest of the wait is off, the step happens.
        }
    }
}
