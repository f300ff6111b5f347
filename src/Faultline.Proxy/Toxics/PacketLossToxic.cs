using Faultline.Triggers;

namespace Faultline.Proxy.Toxics;

/// <summary><c>packet_loss</c>: a chunk is lost with chance <c>loss_rate</c>; after a lost one the chance of the next is higher by <c>correlation</c>, so losses come in bursts.</summary>
internal sealed class PacketLossToxic() : ToxicKind("packet_loss", ToxicAttribute.Chance("loss_rate", preset: 0.1), ToxicAttribute.Chance("correlation"))
{
    public override ToxicStage Begin(in ToxicStart start) => new Stage(start.Toxic, start.Dice);

    private sealed class Stage(Toxic toxic, Dice dice) : ToxicStage(toxic)
    {
        private bool _lostLast;

        protected override void TakeData(Piece piece, TimeSpan now)
        {
            _lostLast = dice.Chance(Toxic[0] + (_lostLast ? Toxic[1] : 0));
            if (!_lostLast)
            {
                Hold(piece, now);
                return;
            }

            Toxic.Acted();
            piece.Release();
        }
    }
}
