namespace Faultline.Proxy.Toxics;

/// <summary><c>reset_peer</c>: the connection is reset after <c>timeout</c> milliseconds, a live one too. Until then bytes wait; when the toxic goes first, they arrive.</summary>
internal sealed class ResetPeerToxic() : ToxicKind("reset_peer", ToxicAttribute.Whole("timeout"))
{
    public override ToxicStage Begin(in ToxicStart start) => new Stage(start.Toxic, start.Now);

    private sealed class Stage(Toxic toxic, TimeSpan now) : ToxicStage(toxic)
    {
        private TimeSpan _resetsAt = now + toxic.Milliseconds(0);

        public override TimeSpan ActsAt => _resetsAt;

        public override bool Act(TimeSpan now)
        {
            _resetsAt = TimeSpan.MaxValue;
            Toxic.Acted();
            return true;
        }

        protected override void TakeData(Piece piece, TimeSpan now) => Hold(piece, TimeSpan.MaxValue);

        protected override void TakeEnd(TimeSpan now) => Hold(Piece.End, TimeSpan.MaxValue);
    }
}
