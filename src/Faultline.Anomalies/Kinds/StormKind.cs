using Faultline.Protocol.Faults;

namespace Faultline.Anomalies;

/// <summary>Extra messages of the same type. The pipeline makes them, marks them as injected and rolls their effect back.</summary>
internal sealed class StormKind() : FaultKind(FaultKinds.Storm, "many extra messages of the same type come along; they cost work and have no effect")
{
    private const int Usual = 10;

    public override IReadOnlyList<KindParameter> Parameters { get; } = [new("count", "whole", "how many extra messages") { Min = 1, Max = 10_000, Default = Usual }];

    public override ValueTask ActAsync(Strike strike, CancellationToken stop)
    {
        strike.Passage.Storm += strike.Parameters.Count ?? Usual;
        return ValueTask.CompletedTask;
    }
}
