namespace Faultline.Proxy.Toxics;

/// <summary><c>slow_close</c>: the end of the stream arrives <c>delay</c> milliseconds later.</summary>
internal sealed class SlowCloseToxic() : ToxicKind("slow_close", ToxicAttribute.Whole("delay"))
{
    public override ToxicStage Begin(in ToxicStart start) => new Stage(start.Toxic);

    private sealed class Stage(Toxic toxic) : ToxicStage(toxic)
    {
        protected override void TakeData(Piece piece, TimeSpan now) => Hold(piece, now);

        protected override void TakeEnd(TimeSpan now)
        {
            Toxic.Acted();
            Hold(Piece.End, now + Toxic.Milliseconds(0));
        }
    }
}
