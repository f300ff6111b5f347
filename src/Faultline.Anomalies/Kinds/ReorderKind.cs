using Faultline.Protocol.Faults;

namespace Faultline.Anomalies;

/// <summary>
/// Holds a message back until later ones have passed the same point. While it holds one, those that come later overtake it, also when the trigger fires on
/// them: with every message held nobody could overtake anybody, and all would only be late.
/// </summary>
internal sealed class ReorderKind() : FaultKind(FaultKinds.Reorder, "the message is held until later ones have passed, or 5 seconds")
{
    private const int Usual = 1;

    public override IReadOnlyList<KindParameter> Parameters { get; } = [new("hold", "whole", "how many later messages go first") { Min = 1, Max = 1_000, Default = Usual }];

    public override ValueTask ActAsync(Strike strike, CancellationToken stop)
    {
        HoldingRoom room = strike.Context.Rooms[strike.Anomaly.Model.Point.Index];
        if (strike.Passage.Fate == PassageFate.Go && room.TryHold(strike.Anomaly, strike.Passage, strike.Parameters.Hold ?? Usual) is { } hold)
        {
            strike.Passage.Fate = PassageFate.Held;
            strike.Passage.Release = hold.Released;
        }

        return ValueTask.CompletedTask;
    }
}
