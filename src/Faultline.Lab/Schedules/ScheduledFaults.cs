using System.Diagnostics;
using Faultline.Verification.Schedules;

namespace Faultline.Lab.Schedules;

/// <summary>Every kind of fault that a schedule may have.</summary>
internal static class ScheduledFaults
{
    public static ScheduledFault Of(FaultSpec fault, FaultSite site) => fault switch
    {
        AnomalyFault anomaly => new ScheduledAnomaly(anomaly, site),
        DisruptionFault disruption => new ScheduledDisruption(disruption, site),
        ToxicFault toxic => new ScheduledToxic(toxic, site),
        HttpLinkFault http => new ScheduledHttpFault(http, site),
        PartitionFault partition => new ScheduledPartition(partition, site),
        DisruptorFault disruptor => new ScheduledDisruptor(disruptor, site),
        _ => throw new UnreachableException(),
    };
}
