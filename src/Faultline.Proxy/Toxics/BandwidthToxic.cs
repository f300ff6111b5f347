namespace Faultline.Proxy.Toxics;

/// <summary><c>bandwidth</c>: at most <c>rate</c> KB/s (of 1,000 bytes); 0 is no limit.</summary>
internal sealed class BandwidthToxic() : ToxicKind("bandwidth", ToxicAttribute.Whole("rate"))
{
    public override ToxicStage Begin(in ToxicStart start) => new Stage(start.Toxic, start.Now);

    private sealed class Stage(Toxic toxic, TimeSpan now) : ToxicStage(toxic)
    {
        private const double BytesPerKilobyte = 1000;

        // Large pieces go in steps, so that a slow link trickles instead of pausing.
        private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

        private readonly double _bytesPerSecond = toxic[0] * BytesPerKilobyte;
        private TimeSpan _freeAt = now;

        protected override int BytesMax => 16 * 1024;

        protected override void TakeData(Piece piece, TimeSpan now)
        {
            if (_bytesPerSecond <= 0)
            {
                Hold(piece, now);
                return;
            }

            Toxic.Acted();
            int stepBytes = (int)Math.Clamp(_bytesPerSecond * Step.TotalSeconds, 1, int.MaxValue);
            while (piece.Length > stepBytes)
            {
                (Piece first, piece) = piece.Cut(stepBytes);
                HoldUntilSent(first, now);
            }

            HoldUntilSent(piece, now);
        }

        private void HoldUntilSent(Piece piece, TimeSpan now)
        {
            if (_freeAt < now) _freeAt = now;
            _freeAt += TimeSpan.FromSeconds(piece.Length / _bytesPerSecond);
            Hold(piece, _freeAt);
        }
    }
}
