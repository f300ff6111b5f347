using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;
using static TicketFlow.Checks.Batteries.Parts;

namespace TicketFlow.Checks.Batteries;

/// <summary>People who act at once, and messages that race each other.</summary>
internal static class RacesBattery
{
    private static readonly IReadOnlyList<InvariantSpec> Rules = [.. DeskBattery.Rules, new InvariantSpec("one-winner", new Dictionary<string, JsonElement>())];

    public static Battery Of(SystemDescription system) => new("ticketflow/races", "People of TicketFlow who act at once", [.. Broken(6), .. Disrupted()]);

    /// <summary>The same with more tickets, and more that goes down meanwhile.</summary>
    public static Battery LongOf(SystemDescription system) => new("ticketflow/races", "People of TicketFlow who act at once", [.. Broken(24), .. Disrupted(), .. DisruptedMore()]);

    private static IEnumerable<Experiment> Broken(int operations)
    {
        yield return Cell("races", "nothing is broken; two act on each ticket at once", operations);
        yield return Cell("races-replies-lost", "replies are lost after the work is done, and whoever asked asks again", operations, Anomaly(Tickets, FaultPoints.HttpResponseBefore, FaultKinds.Drop, null, new TriggerSpec { Every = 4 }));
        yield return Cell("races-commits-late", "commits at the desk are held for a moment", operations, Anomaly(Tickets, FaultPoints.TransactionCommitBefore, FaultKinds.Delay, null, new TriggerSpec { Every = 3 }) with { Parameters = new AnomalyParameters { DelayMs = 250 } });
        yield return Cell("races-translation-late", "inquiries come after their translations", operations, Anomaly(Tickets, FaultPoints.ConsumeHandleBefore, FaultKinds.Exception, "inquiry-submitted", new TriggerSpec { Every = 2 }));
        yield return Cell("races-translation-twice", "translations come twice", operations, Anomaly(Tickets, FaultPoints.ConsumeReceiveAfter, FaultKinds.Duplicate, "translation-completed", new TriggerSpec { Every = 1 }));
    }

    private static IEnumerable<Experiment> Disrupted()
    {
        yield return Cell("races-killed-tickets", "tickets killed while two act at once", 12, Disruption(Tickets, DisruptionVerbs.Kill, 3, 0.5));
        yield return Cell("races-cut-database", "tickets cut off from its database for 1.5 s while two act at once", 12, Cut(["tickets"], [LinkDescription.Database], 3, 1.5));
    }

    private static IEnumerable<Experiment> DisruptedMore()
    {
        yield return Cell("races-killed-postgres-services", "the services' database server killed while two act at once", 24, Disruption("postgres/services", DisruptionVerbs.Kill, 6));
        yield return Cell("races-disruptor", "services and links go down and come back while two act at once", 32, Disruptor([Tickets, Inquiries, Translations, "tickets-database"], 4, 8));
    }

    private static Experiment Cell(string name, string title, int operations, params IReadOnlyList<FaultSpec> schedule) =>
        IntakeBattery.Cell(name, title, new WorkloadSpec { Name = "races", Operations = operations, Concurrency = operations < 10 ? 2 : 6 }, schedule) with { Invariants = Rules };
}
