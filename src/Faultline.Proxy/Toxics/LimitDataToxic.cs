namespace Faultline.Proxy.Toxics;

/// <summary><c>limit_data</c>: the connection is closed after <c>bytes</c> bytes have arrived.</summary>
internal sealed class LimitDataToxic() : ToxicKind("limit_data", ToxicAttribute.Whole("bytes"))
{
    public override ToxicStage Begin(in ToxicStart start) => new Stage(start.Toxic, start.Former as Stage);

    private sealed class Stage(Toxic toxic, Stage? former) : ToxicStage(toxic)
    {
        private long _passed = former?._passed ?? 0;
        private bool _isClosed;

        protected override void TakeData(Piece piece, TimeSpan now)
        {
            long left = Math.Max(0, (long)Toxic[0] - _passed);
            if (piece.Length < left)
            {
                _passed += piece.Length;
                Hold(piece, now);
                return;
            }

            if (left > 0)
            {
                (Piece last, piece) = piece.Cut((int)left);
                _passed += left;
                Hold(last, now);
            }

            piece.Release();
            if (_isClosed) return;

            _isClosed = true;
            Toxic.Acted();
            Hold(Piece.Close, now);
        }
    }
}
