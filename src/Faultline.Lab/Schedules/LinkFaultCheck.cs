using Faultline.Proxy.Control;
using Faultline.Proxy.Problems;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;

namespace Faultline.Lab.Schedules;

/// <summary>Lets the fault proxy look at the link faults of experiments before anything is started: what it would refuse in the middle of a run is told at once.</summary>
internal static class LinkFaultCheck
{
    /// <summary>What is wrong, one sentence each.</summary>
    /// <param name="cells">The experiments.</param>
    /// <param name="time">The clock.</param>
    public static IEnumerable<string> Problems(IEnumerable<Experiment> cells, TimeProvider time) =>
        from cell in cells
        from fault in cell.Schedule
        let problem = Problem(fault, time)
        where problem is not null
        select $"{cell.Name}: the fault '{fault.Name}' ({fault.Says}) cannot be set: {problem}.";

    private static string? Problem(FaultSpec fault, TimeProvider time)
    {
        try
        {
            return fault switch
            {
                ToxicFault toxic => FaultJson.Problem(ScheduledToxic.ConfigOf(toxic, seed: 0), time),
                HttpLinkFault http => FaultJson.Problem(ScheduledHttpFault.ConfigOf(http, seed: 0), time),
                _ => null,
            };
        }
        catch (ProxyException problem)
        {
            return problem.Message;
        }
    }
}
