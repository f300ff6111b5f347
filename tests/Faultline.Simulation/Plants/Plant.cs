using Faultline.Messaging.Store;
using Faultline.Messaging.Transport;

namespace Faultline.Simulation.Plants;

/// <summary>A bug that is planted to see that it is found: a variation of the model, or a wrapper around what the core is given. None by default.</summary>
internal sealed record Plant(string Name)
{
    public static readonly Plant None = new("none");

    /// <summary>Inbox rows commit by themselves, before the business does.</summary>
    public bool InboxCommitsAlone { get; init; }

    /// <summary>The second delivery of a message within one batch counts as new.</summary>
    public bool HandlesDuplicatesInBatch { get; init; }

    /// <summary>The slot of a key depends on the process.</summary>
    public bool SlotPerProcess { get; init; }

    /// <summary>A dead letter is copied, and its parked row stays.</summary>
    public bool CopiesDeadLetters { get; init; }

    /// <summary>A scheduled message is published in one transaction, and removed in another.</summary>
    public bool FiresTwice { get; init; }

    /// <summary>Whoever stands for election leads, and a leader whose session is over goes on.</summary>
    public bool TwoLeaders { get; init; }

    /// <summary>Word of work is lost, and nobody looks by himself.</summary>
    public bool LosesWakeUps { get; init; }

    /// <summary>The broker forgets a message when it has delivered it.</summary>
    public bool AcksOnDelivery { get; init; }

    /// <summary>What comes back goes to the end of the queue.</summary>
    public bool ReturnsToTheBack { get; init; }

    /// <summary>The inbox forgets after so long; null for never within a run.</summary>
    public TimeSpan? InboxForgetsAfter { get; init; }

    /// <summary>Wraps the store of every process.</summary>
    public Func<IMessageStore, IMessageStore> Store { get; init; } = store => store;

    /// <summary>Wraps the transport of every process.</summary>
    public Func<ITransport, ITransport> Transport { get; init; } = transport => transport;
}
