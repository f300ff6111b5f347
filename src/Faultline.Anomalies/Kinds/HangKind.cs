using Faultline.Protocol.Faults;

namespace Faultline.Anomalies;

/// <summary>Waits until somebody cancels the work or removes the anomaly.</summary>
internal sealed class HangKind() : FaultKind(FaultKinds.Hang, "the step stands still until the anomaly is removed or the work is cancelled")
{
    public override bool HitsWholeBatch => true;

    public override async ValueTask ActAsync(Strike strike, CancellationToken stop)
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = strike.Anomaly.Ended.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), released);
        await using CancellationTokenRegistration stopped = stop.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), released);
        await released.Task; // Awaited itself: a wait around it would end on a pool thread, outside of the caller's context.
    }
}
