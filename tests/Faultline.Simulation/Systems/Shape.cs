using Faultline.Messaging.Consuming;
using Faultline.Messaging.Outbox;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Retry;
using Faultline.Messaging.Running;
using Faultline.Messaging.Topology;
using Faultline.Protocol.Services;
using Faultline.Triggers;

namespace Faultline.Simulation.Systems;

/// <summary>How large the system of a run is, and how its processes are set.</summary>
internal sealed record Shape
{
    public const string First = "sim/first";
    public const string Second = "sim/second";
    public const string Third = "sim/third";

    /// <summary>Whether there is a third service.</summary>
    public required bool IsLong { get; init; }

    public required int FirstReplicas { get; init; }

    public required int SecondReplicas { get; init; }

    public required int ThirdReplicas { get; init; }

    public required int Partitions { get; init; }

    public required int SendsInFlight { get; init; }

    public required RelayOptions Relay { get; init; }

    public required ConsumerOptions Consumer { get; init; }

    public static Shape Draw(Dice dice)
    {
        int batch = dice.Pick([1, 2, 5, 100]);
        return new Shape
        {
            IsLong = dice.Chance(0.5),
            FirstReplicas = dice.Between(1, 2),
            SecondReplicas = dice.Chance(0.1) ? 3 : dice.Between(1, 2),
            ThirdReplicas = dice.Between(1, 2),
            Partitions = dice.Between(1, 4),
            SendsInFlight = dice.Between(1, 4),
            Relay = new RelayOptions { BatchRowsMax = dice.Pick([1, 2, 3, 100]), HeldRowsMax = dice.Pick([100, 2_000]), ConfirmTimeout = TimeSpan.FromMilliseconds(500), PauseMax = TimeSpan.FromSeconds(1) },
            Consumer = new ConsumerOptions
            {
                WorkersMax = dice.Between(1, 4),
                BatchMessagesMax = batch,
                UnsettledMax = Math.Max(batch, dice.Pick([2, 10, 100])),
                RedeliverAfter = TimeSpan.FromMilliseconds(200),
                // Deaths are bounded by the plan; one more may be counted where a store was away when a survivor wanted to take its count back.
                Retry = new RetryOptions { AttemptsMax = 10, CrashesMax = 5, PauseMin = TimeSpan.FromMilliseconds(20), PauseMax = TimeSpan.FromMilliseconds(400) },
            },
        };
    }

    public SystemTopology Topology()
    {
        MessageContract asked = MessageCatalogue.ContractOf(typeof(Asked));
        MessageContract noted = MessageCatalogue.ContractOf(typeof(Noted));
        MessageContract answered = MessageCatalogue.ContractOf(typeof(Answered));
        ServiceTopology[] services = IsLong
            ? [new(First, [asked, noted], []), new(Second, [answered], [asked, noted]), new(Third, [], [answered, asked])]
            : [new(First, [asked, noted], []), new(Second, [], [asked, noted])];
        return new SystemTopology(services, Partitions);
    }

    public int ReplicasOf(string service) => service == First ? FirstReplicas : service == Second ? SecondReplicas : ThirdReplicas;

    public MessagingOptions OptionsOf(string service, string instance) => new() { Service = service, Instance = instance, Relay = Relay, Consumer = Consumer };
}
