using System.Collections.Immutable;
using Faultline.Triggers;

namespace Faultline.Proxy.Toxics;

/// <summary>A kind of toxic: a page of its own, and a row of <see cref="ToxicKinds"/>.</summary>
internal abstract class ToxicKind(string name, params ToxicAttribute[] attributes)
{
    public string Name { get; } = name;

    public ImmutableList<ToxicAttribute> Attributes { get; } = [.. attributes];

    /// <summary>Whether connections to the upstream wait for as long as it is there.</summary>
    public virtual bool HoldsConnect => false;

    /// <summary>What it does to one direction of one connection, from now on.</summary>
    /// <param name="start">The toxic, the dice of the connection, the time, and the stage of its former version.</param>
    public abstract ToxicStage Begin(in ToxicStart start);
}

/// <summary>What a stage knows when it begins.</summary>
/// <param name="Toxic">Its toxic.</param>
/// <param name="Dice">Its chance.</param>
/// <param name="Now">The time, counted from the start of the proxy.</param>
/// <param name="Former">The stage of the toxic before it was changed, whose counts go on.</param>
internal readonly record struct ToxicStart(Toxic Toxic, Dice Dice, TimeSpan Now, ToxicStage? Former);
