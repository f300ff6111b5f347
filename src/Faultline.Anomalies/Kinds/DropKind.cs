using Faultline.Protocol.Faults;

namespace Faultline.Anomalies;

/// <summary>Lost on the way, and nobody is told that it arrived.</summary>
internal sealed class DropKind() : FaultKind(FaultKinds.Drop, "the message is lost on the way, and nobody is told that it arrived")
{
    public override ValueTask ActAsync(Strike strike, CancellationToken stop)
    {
        strike.Passage.Fate = PassageFate.Lost;
        return ValueTask.CompletedTask;
    }
}
