using Faultline.Protocol.Faults;

namespace Faultline.Anomalies;

/// <summary>The message comes again, with the same id.</summary>
internal sealed class DuplicateKind() : FaultKind(FaultKinds.Duplicate, "the message is sent or delivered again, with the same id")
{
    private const int Usual = 1;

    public override IReadOnlyList<KindParameter> Parameters { get; } = [new("copies", "whole", "how many more times") { Min = 1, Max = 100, Default = Usual }];

    public override ValueTask ActAsync(Strike strike, CancellationToken stop)
    {
        // Adds up: two anomalies that each ask for one more make two more.
        strike.Passage.Copies += strike.Parameters.Copies ?? Usual;
        return ValueTask.CompletedTask;
    }
}
