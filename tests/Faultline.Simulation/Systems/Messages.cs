using Faultline.Messaging.Publishing;

namespace Faultline.Simulation.Systems;

/// <summary>What a message makes its handler do.</summary>
/// <param name="Number">The operation of the workload at its root.</param>
/// <param name="Lane">The ordering key.</param>
/// <param name="Failures">The first so many attempts fail.</param>
/// <param name="Lasting">Whether they fail for good at once.</param>
/// <param name="SlowMs">How long handling takes.</param>
internal sealed record Deed(int Number, string? Lane, int Failures = 0, bool Lasting = false, int SlowMs = 0)
{
    /// <summary>More failures than any number of attempts.</summary>
    public const int Always = 1_000;

    public bool IsPoison => Lasting || Failures >= Always;
}

internal interface IDeedMessage : IMessage
{
    Deed Deed { get; }
}

/// <summary>What the first service publishes for a request.</summary>
[Message("sim.asked")]
internal sealed record Asked(Deed Deed) : IDeedMessage
{
    string? IMessage.Key => Deed.Lane;
}

/// <summary>What the first service schedules.</summary>
[Message("sim.noted")]
internal sealed record Noted(Deed Deed) : IDeedMessage
{
    string? IMessage.Key => Deed.Lane;
}

/// <summary>What the second service publishes when it has handled a request.</summary>
[Message("sim.answered")]
internal sealed record Answered(Deed Deed) : IDeedMessage
{
    string? IMessage.Key => Deed.Lane;
}
