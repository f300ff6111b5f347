using Faultline.Protocol.Faults;

namespace Faultline.Anomalies;

/// <summary>The step is skipped and reported as done: what it should have done is lost for good.</summary>
internal sealed class SwallowKind() : FaultKind(FaultKinds.Swallow, "destructive: the step is skipped and reported as done")
{
    public override ValueTask ActAsync(Strike strike, CancellationToken stop)
    {
        strike.Passage.Fate = PassageFate.ReportedDone;
        return ValueTask.CompletedTask;
    }
}
