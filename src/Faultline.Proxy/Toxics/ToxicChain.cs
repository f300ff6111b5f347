using System.Collections.Immutable;

namespace Faultline.Proxy.Toxics;

/// <summary>The toxics of a link, in the order in which bytes meet them; replaced whole.</summary>
/// <param name="Version">Grows with each change, so that a connection that hears of two changes in the wrong order keeps the later one.</param>
/// <param name="Toxics">Both directions.</param>
internal sealed record ToxicChain(long Version, ImmutableArray<Toxic> Toxics)
{
    public static readonly ToxicChain Empty = new(0, []);

    public Toxic? Find(string name) => Toxics.FirstOrDefault(toxic => toxic.Name == name);

    public ToxicChain With(Toxic toxic) => new(Version + 1, Toxics.Add(toxic));

    public ToxicChain Replace(Toxic former, Toxic changed) => new(Version + 1, Toxics.Replace(former, changed));

    public ToxicChain Without(Toxic toxic) => new(Version + 1, Toxics.Remove(toxic));

    public ToxicChain WithoutAll() => new(Version + 1, []);
}
