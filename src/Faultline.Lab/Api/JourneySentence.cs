using Faultline.Protocol.Services;
using Faultline.Verification.Ledger;

namespace Faultline.Lab.Api;

/// <summary>Says in one sentence how a journey has come out. Pure.</summary>
internal static class JourneySentence
{
    public static string Of(JourneyOutcome outcome, IReadOnlyList<Delivery> deliveries)
    {
        string effects = deliveries.Sum(delivery => delivery.Effects) is var count and not 1 ? $"{count} effects" : "1 effect";
        return outcome switch
        {
            JourneyOutcome.Lost => $"{First(deliveries, Fate.Lost, "never reached")}: it is in no outbox, no queue and no list, and nobody will send it again.",
            JourneyOutcome.HalfDone => $"{First(deliveries, Fate.HalfDone, "is taken for handled by")}, and had no effect there.",
            JourneyOutcome.DeadLettered => $"{First(deliveries, Fate.DeadLettered, "was given up by")} and waits among its dead letters for somebody to decide.",
            JourneyOutcome.Discarded => $"{First(deliveries, Fate.Discarded, "was discarded by hand from the dead letters of")}.",
            JourneyOutcome.Parked => $"{First(deliveries, Fate.Parked, "failed at")} and waits for its next attempt.",
            JourneyOutcome.Duplicated => deliveries.First(delivery => delivery.Effects > 1) is var twice ? $"{twice.Type} had its effect {twice.Effects} times at {Short(twice.Consumer)}." : "",
            JourneyOutcome.InFlight => deliveries.First(delivery => delivery.Fate is Fate.InOutbox or Fate.Waiting or Fate.InQueue) is var under
                ? $"{under.Type} is on its way to {Short(under.Consumer)}: it waits in {(under.Fate == Fate.InOutbox ? "the outbox" : under.Fate == Fate.Waiting ? "the schedule" : "the queue")}."
                : "",
            JourneyOutcome.Cancelled => "It was taken back before it was due.",
            _ => deliveries.Count == 0 ? "Nobody consumes what was published." : $"Everything had its effect, once: {effects} at {string.Join(", ", deliveries.Select(delivery => Short(delivery.Consumer)).Distinct())}.",
        };
    }

    private static string First(IReadOnlyList<Delivery> deliveries, Fate fate, string did)
    {
        Delivery delivery = deliveries.First(each => each.Fate == fate);
        return $"{delivery.Type} {did} {Short(delivery.Consumer)}";
    }

    private static string Short(string service) => LinkDescription.ShortName(service);
}
