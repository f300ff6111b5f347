using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;

namespace TicketFlow.Checks.Batteries;

/// <summary>The intake, broken in every way that is not refused.</summary>
internal static class IntakeBattery
{
    private static readonly IReadOnlyDictionary<string, JsonElement> ForeignOnly = new Dictionary<string, JsonElement> { ["foreign"] = JsonSerializer.SerializeToElement(true) };

    private static readonly IReadOnlySet<string> Caused = new HashSet<string>
    {
        "ticketflow.inquiry-submitted", "ticketflow.translation-requested", "ticketflow.translation-completed", "ticketflow.ticket-created", "ticketflow.ticket-status-changed",
    };

    /// <summary>The rules of every cell: the general ones, and those of the intake.</summary>
    internal static IReadOnlyList<InvariantSpec> Rules { get; } =
    [
        .. CheckerRegistry.Usual.Select(Rule), Rule("one-ticket-each"), Rule("one-inquiry-each"), Rule("status-agrees"), Rule("translated-once"), Rule("entries-once"),
        new("legal-transitions", new Dictionary<string, JsonElement> { ["table"] = Transitions() }),
    ];

    public static Battery Of(SystemDescription system) =>
        new("ticketflow/intake", "The intake of TicketFlow under every fault", [.. Plain(), .. OneEach(MatrixOf(system)), .. Disrupted(system), .. Replicated()]);

    /// <summary>Every kind at every point, at every service and for every message that passes it: the long form.</summary>
    public static Battery MatrixBattery(SystemDescription system) => new("ticketflow/matrix", "Every fault at every point, service and message of TicketFlow's intake", MatrixOf(system));

    /// <summary>Every kind at every point once; which service and message it hits goes round, so that all have their share.</summary>
    internal static IEnumerable<Experiment> OneEach(IReadOnlyList<Experiment> matrix) =>
        matrix.GroupBy(cell => cell.Schedule.OfType<AnomalyFault>().Last() is var fault ? (fault.Point, fault.Kind) : default)
            .Select((cells, place) => cells.ElementAt(place % cells.Count()));

    private static IReadOnlyList<Experiment> MatrixOf(SystemDescription system)
    {
        Battery matrix = BatteryMatrix.Of(system, new MatrixOptions
        {
            Workload = new WorkloadSpec { Name = "intake", Operations = 3, Concurrency = 1, Parameters = ForeignOnly },
            Messages = Caused,
            HttpServices = ["ticketflow/inquiries"],
            WithoutOutbox = true,
            Invariants = Rules,
        });
        return matrix.Cells;
    }

    /// <summary>A cell of the intake.</summary>
    internal static Experiment Cell(string name, string title, WorkloadSpec workload, params IReadOnlyList<FaultSpec> schedule) => new()
    {
        Name = name,
        Title = title,
        System = "ticketflow",
        Workload = workload,
        Schedule = schedule,
        Invariants = workload.Name == "bad-input" ? BadInputRules : Rules,
    };

    private static IReadOnlyList<InvariantSpec> BadInputRules { get; } = [.. CheckerRegistry.Usual.Select(Rule), Rule("one-inquiry-each"), Rule("input-judged")];

    private static InvariantSpec Rule(string name) => new(name, new Dictionary<string, JsonElement>());

    private static IEnumerable<Experiment> Plain()
    {
        yield return Cell("baseline", "nothing is broken; eight customers, one inquiry after the other", new WorkloadSpec { Name = "intake", Operations = 80, Concurrency = 8 });
        yield return Cell("rate", "nothing is broken; 40 inquiries a second", new WorkloadSpec { Name = "intake", Operations = 120, RatePerSecond = 40 });
        yield return Cell("bad-input", "invalid and hostile input", new WorkloadSpec { Name = "bad-input", Operations = Workloads.BadInputWorkload.Count, Concurrency = 4 });
    }

    private static IEnumerable<Experiment> Disrupted(SystemDescription system)
    {
        foreach (string service in system.Services.Select(service => service.Service))
        {
            string name = service[(service.IndexOf('/') + 1)..];
            yield return Cell($"killed-{name}", $"{name} killed in the middle of the load", Load(60), Disruption(service, DisruptionVerbs.Kill, "kill", 15, TimeSpan.FromMilliseconds(500)));
            yield return Cell($"paused-{name}", $"{name} paused for 6 s in the middle of the load, longer than its lease", Load(60), Disruption(service, DisruptionVerbs.Pause, "pause", 15, TimeSpan.FromSeconds(6)));
        }

        yield return Cell("sessions-services", "all sessions of the services' databases ended, twice, in the middle of the load", Load(80), Terminate("postgres/services", "first", 15), Terminate("postgres/services", "second", 45));
        yield return Cell("sessions-broker", "all connections to the broker ended, twice, in the middle of the load", Load(80), Terminate(BrokerNames.Target, "first", 15), Terminate(BrokerNames.Target, "second", 45));
        // A commit that is held for a moment is under way when its session ends.
        yield return Cell(
            "sessions-during-commit", "the sessions of the services' databases ended while commits are under way", Load(60),
            new AnomalyFault
            {
                Name = "hold the commit",
                Service = "ticketflow/tickets",
                Point = FaultPoints.TransactionCommitBefore.Name,
                Kind = FaultKinds.Delay,
                Parameters = new AnomalyParameters { DelayMs = 400 },
                Trigger = new TriggerSpec { Every = 4 },
            },
            Terminate("postgres/services", "first", 10), Terminate("postgres/services", "second", 25), Terminate("postgres/services", "third", 40));
        yield return Cell("killed-postgres-services", "the services' database server killed in the middle of the load", Load(60), Disruption("postgres/services", DisruptionVerbs.Kill, "kill", 20, null));
        yield return Cell("killed-broker", "the broker killed in the middle of the load", Load(60), Disruption(BrokerNames.Target, DisruptionVerbs.Kill, "kill", 20, null));
    }

    private static IEnumerable<Experiment> Replicated()
    {
        Experiment[] cells =
        [
            Cell("replicas", "two instances of each service", Load(120)),
            Cell("replicas-killed", "two instances of each service, one of tickets killed", Load(80), Disruption("ticketflow/tickets", DisruptionVerbs.Kill, "kill", 20, TimeSpan.FromMilliseconds(500))),
            Cell("replicas-paused", "two instances of each service, one of inquiries paused for 6 s", Load(80), Disruption("ticketflow/inquiries", DisruptionVerbs.Pause, "pause", 20, TimeSpan.FromSeconds(6))),
        ];
        return cells.Select(cell => cell with { Replicas = 2 });
    }

    private static WorkloadSpec Load(int operations) => new() { Name = "intake", Operations = operations, Concurrency = 8 };

    private static DisruptionFault Disruption(string target, string verb, string name, int after, TimeSpan? length) =>
        new() { Name = name, Target = target, Verb = verb, From = Moment.AfterOperations(after), For = length };

    private static DisruptionFault Terminate(string target, string name, int after) =>
        new() { Name = $"{name} end of all sessions", Target = target, Verb = DisruptionVerbs.TerminateSessions, From = Moment.AfterOperations(after) };

    /// <summary>The state table, as the specification has it.</summary>
    private static JsonElement Transitions() => JsonSerializer.SerializeToElement(new object[]
    {
        new { @event = "created-ready", to = "awaiting-qualification" },
        new { @event = "created-untranslated", to = "awaiting-translation" },
        new { from = "awaiting-translation", @event = "translation-ended", to = "awaiting-qualification" },
        new { from = "awaiting-qualification", @event = "qualified", to = "qualified" },
        new { from = "qualified", @event = "assigned", to = "qualified" },
        new { from = "qualified", @event = "blocked", to = "blocked" },
        new { from = "blocked", @event = "unblocked", to = "qualified" },
        new { from = "qualified", @event = "resolved", to = "resolved" },
    });
}
