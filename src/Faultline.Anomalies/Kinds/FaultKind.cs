using Faultline.Triggers;

namespace Faultline.Anomalies;

/// <summary>A parameter of a kind, as a form or an error message shows it.</summary>
/// <param name="Name">The name in JSON.</param>
/// <param name="Type"><c>whole</c>, <c>bool</c> or <c>text</c>.</param>
/// <param name="Says">What it does, for a person who does not read C#.</param>
public sealed record KindParameter(string Name, string Type, string Says)
{
    /// <summary>Whether it must be given.</summary>
    public bool Required { get; init; }

    /// <summary>For <c>whole</c>: the smallest; for <c>text</c> the shortest.</summary>
    public int Min { get; init; }

    /// <summary>For <c>whole</c>: the largest; for <c>text</c> the longest.</summary>
    public int Max { get; init; }

    /// <summary>What it is when absent.</summary>
    public object? Default { get; init; }

    /// <summary>For <c>text</c>: the only values, or null for any.</summary>
    public IReadOnlyList<string>? OneOf { get; init; }

    /// <summary>The parameter that this one may not exceed, or null.</summary>
    public string? AtMost { get; init; }
}

/// <summary>What a kind gets to work with when it acts.</summary>
/// <param name="Anomaly">The anomaly that fired.</param>
/// <param name="Passage">What it hits.</param>
/// <param name="Dice">For whatever it draws.</param>
/// <param name="Context">The process around it.</param>
internal readonly record struct Strike(AnomalyState Anomaly, Passage Passage, Dice Dice, FaultContext Context)
{
    public Protocol.Faults.AnomalyParameters Parameters => Anomaly.Model.Config.Parameters;
}

/// <summary>The process around a fault.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Rooms">Where messages are held back, per point index.</param>
/// <param name="Crash">Ends the process at once; returns only in tests.</param>
internal sealed record FaultContext(TimeProvider Time, IReadOnlyList<HoldingRoom> Rooms, Action Crash);

/// <summary>One kind of fault: one file, one row in <see cref="FaultKindTable"/>. The engine never asks which one it has.</summary>
/// <param name="name">A name from <see cref="Protocol.Faults.FaultKinds"/>.</param>
/// <param name="says">What happens, for a person who does not read C#.</param>
internal abstract class FaultKind(string name, string says)
{
    public string Name { get; } = name;

    public string Says { get; } = says;

    /// <summary>Whether it hits the step, and so the whole batch that the step works on, or one message alone.</summary>
    public virtual bool HitsWholeBatch => false;

    public virtual IReadOnlyList<KindParameter> Parameters => [];

    /// <summary>Acts. The firing is already recorded.</summary>
    public abstract ValueTask ActAsync(Strike strike, CancellationToken stop);
}
