using Faultline.Triggers;

namespace Faultline.Proxy.Toxics;

/// <summary><c>latency</c>: each byte arrives <c>latency</c> ± <c>jitter</c> milliseconds later; the rate stays.</summary>
internal sealed class LatencyToxic() : ToxicKind("latency", ToxicAttribute.Whole("latency"), ToxicAttribute.Whole("jitter"))
{
    public override ToxicStage Begin(in ToxicStart start) => new Stage(start.Toxic, start.Dice);

    private sealed class Stage(Toxic toxic, Dice dice) : ToxicStage(toxic)
    {
        private readonly TimeSpan _latency = toxic.Milliseconds(0);
        private readonly TimeSpan _jitter = toxic.Milliseconds(1);

        // A delay times a rate is on the way at once; less room would turn latency into a limit of bandwidth.
        protected override int BytesMax => 4 * 1024 * 1024;

        protected override void TakeData(Piece piece, TimeSpan now)
        {
            Toxic.Acted();
            TimeSpan delay = _jitter == TimeSpan.Zero ? _latency : _latency + (((2 * dice.Fraction()) - 1) * _jitter);
            Hold(piece, delay > TimeSpan.Zero ? now + delay : now);
        }
    }
}
