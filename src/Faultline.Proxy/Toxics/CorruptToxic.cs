using Faultline.Triggers;

namespace Faultline.Proxy.Toxics;

/// <summary><c>corrupt</c>: each byte is another one with chance <c>rate</c>. Which bytes depends on their place in the stream and the seed, not on how they were cut into packets.</summary>
internal sealed class CorruptToxic() : ToxicKind("corrupt", ToxicAttribute.Chance("rate", preset: 0.001))
{
    public override ToxicStage Begin(in ToxicStart start) => new Stage(start.Toxic, start.Dice);

    private sealed class Stage : ToxicStage
    {
        private readonly Dice _dice;
        private double _untouched;

        public Stage(Toxic toxic, Dice dice)
            : base(toxic)
        {
            _dice = dice;
            _untouched = NextGap();
        }

        protected override void TakeData(Piece piece, TimeSpan now)
        {
            Span<byte> bytes = piece.Memory.Span;
            while (_untouched < bytes.Length)
            {
                Toxic.Acted();
                bytes[(int)_untouched] ^= (byte)_dice.Between(1, byte.MaxValue);
                bytes = bytes[((int)_untouched + 1)..];
                _untouched = NextGap();
            }

            _untouched -= bytes.Length;
            Hold(piece, now);
        }

        // How many bytes stay as they are before the next change: geometrically distributed, one draw instead of one per byte.
        private double NextGap()
        {
            double rate = Toxic[0];
            if (rate <= 0) return double.PositiveInfinity;
            return rate >= 1 ? 0 : Math.Floor(Math.Log(1 - _dice.Fraction()) / Math.Log(1 - rate));
        }
    }
}
