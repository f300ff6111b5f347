namespace Faultline.Proxy.Toxics;

/// <summary>Every kind of toxic.</summary>
internal static class ToxicKinds
{
    public static readonly IReadOnlyList<ToxicKind> All =
    [
        new LatencyToxic(), new BandwidthToxic(), new SlowCloseToxic(), new TimeoutToxic(), new ResetPeerToxic(), new SlicerToxic(), new LimitDataToxic(), new PacketLossToxic(),
        new CorruptToxic(), new BlackholeToxic(),
    ];

    public static ToxicKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);
}
