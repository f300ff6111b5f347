namespace Faultline.Proxy.Toxics;

/// <summary><c>blackhole_upstream_connect</c>: new connections are accepted, but the upstream is not reached until the toxic is removed. Live connections go on.</summary>
internal sealed class BlackholeToxic() : ToxicKind("blackhole_upstream_connect")
{
    public override bool HoldsConnect => true;

    public override ToxicStage Begin(in ToxicStart start) => new Stage(start.Toxic);

    private sealed class Stage(Toxic toxic) : ToxicStage(toxic)
    {
        protected override void TakeData(Piece piece, TimeSpan now) => Hold(piece, now);
    }
}
