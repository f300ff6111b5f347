using Faultline.Protocol.Faults;
using Faultline.Triggers;

namespace Faultline.Anomalies;

/// <summary>Changes the body as a bad wire would. The result always differs from what was there.</summary>
internal sealed class CorruptKind() : FaultKind(FaultKinds.Corrupt, "the body changes on the wire")
{
    private const string Truncate = "truncate";
    private const string Flip = "flip";
    private const string Garbage = "garbage";
    private const int GarbageBytesMin = 1;
    private const int GarbageBytesMax = 64;

    public override IReadOnlyList<KindParameter> Parameters { get; } =
        [new("mode", "text", "cut off the end, turn one bit over, or put noise in its place") { OneOf = [Truncate, Flip, Garbage], Default = Flip, Min = 1, Max = 20 }];

    public override ValueTask ActAsync(Strike strike, CancellationToken stop)
    {
        strike.Passage.Body = Change(strike.Parameters.Mode ?? Flip, strike.Passage.Body.Span, strike.Dice);
        return ValueTask.CompletedTask;
    }

    private static byte[] Change(string mode, ReadOnlySpan<byte> body, Dice dice) =>
        body.IsEmpty ? Noise(GarbageBytesMin + dice.Below(GarbageBytesMax), dice) // Nothing to cut or turn over: the only change is something where nothing was.
        : mode switch
        {
            Truncate => body[..dice.Below(body.Length)].ToArray(),
            Garbage => NoiseInPlaceOf(body, dice),
            _ => OneBitTurned(body, dice),
        };

    private static byte[] OneBitTurned(ReadOnlySpan<byte> body, Dice dice)
    {
        byte[] changed = body.ToArray();
        changed[dice.Below(changed.Length)] ^= (byte)(1 << dice.Below(8));
        return changed;
    }

    private static byte[] NoiseInPlaceOf(ReadOnlySpan<byte> body, Dice dice)
    {
        byte[] noise = Noise(body.Length, dice);
        if (noise.AsSpan().SequenceEqual(body)) noise[0] ^= 0xFF; // One in 256 for a body of one byte: rare, and a fault that changes nothing is a false firing.
        return noise;
    }

    private static byte[] Noise(int length, Dice dice)
    {
        byte[] noise = new byte[length];
        for (int at = 0; at < length; at++) noise[at] = (byte)dice.Next();
        return noise;
    }
}
