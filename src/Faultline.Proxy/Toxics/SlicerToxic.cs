using Faultline.Triggers;

namespace Faultline.Proxy.Toxics;

/// <summary><c>slicer</c>: bytes come in slices of <c>average_size</c> ± <c>size_variation</c> bytes, <c>delay</c> microseconds apart.</summary>
internal sealed class SlicerToxic() : ToxicKind("slicer", ToxicAttribute.Whole("average_size"), ToxicAttribute.Whole("size_variation"), ToxicAttribute.Whole("delay"))
{
    public override ToxicStage Begin(in ToxicStart start) => new Stage(start.Toxic, start.Dice, start.Now);

    private sealed class Stage(Toxic toxic, Dice dice, TimeSpan now) : ToxicStage(toxic)
    {
        private readonly double _average = Math.Max(1, toxic[0]);
        private readonly double _variation = Math.Min(toxic[1], Math.Max(1, toxic[0]) - 1); // A slice has at least one byte.
        private readonly TimeSpan _delay = TimeSpan.FromMicroseconds(toxic[2]);
        private TimeSpan _freeAt = now;

        protected override void TakeData(Piece piece, TimeSpan now)
        {
            if (_freeAt < now) _freeAt = now;
            while (true)
            {
                int size = (int)Math.Clamp(Math.Round(_average + (((2 * dice.Fraction()) - 1) * _variation)), 1, int.MaxValue);
                if (size >= piece.Length) break;

                Toxic.Acted();
                (Piece slice, piece) = piece.Cut(size);
                HoldAndPause(slice);
            }

            HoldAndPause(piece);
        }

        private void HoldAndPause(Piece piece)
        {
            Hold(piece, _freeAt);
            _freeAt += _delay;
        }
    }
}
