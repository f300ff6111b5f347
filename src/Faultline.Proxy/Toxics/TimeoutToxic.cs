namespace Faultline.Proxy.Toxics;

/// <summary><c>timeout</c>: nothing gets through; after <c>timeout</c> milliseconds the connection is closed, with 0 when the toxic is removed.</summary>
internal sealed class TimeoutToxic() : ToxicKind("timeout", ToxicAttribute.Whole("timeout"))
{
    public override ToxicStage Begin(in ToxicStart start) => new Stage(start.Toxic, start.Now);

    private sealed class Stage(Toxic toxic, TimeSpan now) : ToxicStage(toxic)
    {
        private TimeSpan _closesAt = toxic[0] > 0 ? now + toxic.Milliseconds(0) : TimeSpan.MaxValue;

        public override TimeSpan ActsAt => _closesAt;

        public override bool Act(TimeSpan now)
        {
            Toxic.Acted();
            Close(now);
            return false;
        }

        // Bytes are missing from the stream: to go on would corrupt it.
        public override void Remove(TimeSpan now) => Close(now);

        protected override void TakeData(Piece piece, TimeSpan now)
        {
            Toxic.Acted();
            piece.Release();
        }

        private void Close(TimeSpan now)
        {
            _closesAt = TimeSpan.MaxValue;
            Hold(Piece.Close, now);
        }
    }
}
