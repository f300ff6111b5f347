using System.Text.Json;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Scenarios;
using TicketFlow.Checks.Batteries;
using TicketFlow.Checks.Checkers;
using TicketFlow.Checks.Scenarios;
using TicketFlow.Checks.Workloads;

namespace TicketFlow.Checks;

/// <summary>What TicketFlow brings for its verification.</summary>
public sealed class TicketFlowChecks : ISystemChecks
{
    /// <inheritdoc />
    public string System => "ticketflow";

    /// <inheritdoc />
    public IReadOnlyList<IWorkload> Workloads { get; } = [new IntakeWorkload(), new BadInputWorkload(), new DeskWorkload(), new RacesWorkload(), new DeadlinesWorkload(), new BadDeskWorkload()];

    /// <inheritdoc />
    public IReadOnlyList<IChecker> Checkers { get; } = [new OneTicketEach(), new OneInquiryEach(), new StatusAgrees(), new TranslatedOnce(), new EntriesOnce(), new InputJudged(), new DeskKept(), new OneWinner(), new AnsweredOnce(), new DeadlineRight(), new ToldOnce(), new DeskAnswersRight()];

    /// <inheritdoc />
    public IReadOnlyList<(string Service, string Name)> Facts { get; } =
    [
        ("ticketflow/inquiries", "inquiries"), ("ticketflow/inquiries", "entries"), ("ticketflow/translations", "translations"), ("ticketflow/tickets", "tickets"), ("ticketflow/tickets", "steps"), ("ticketflow/tickets", "talks"),
        ("ticketflow/sla", "deadlines"), ("ticketflow/sla", "told"), ("ticketflow/communication", "letters"),
    ];

    /// <inheritdoc />
    public IReadOnlyList<BatteryDescription> Batteries { get; } =
    [
        new("ticketflow/intake", "the intake under every fault that is not refused, under disruptions, and with replicas", IntakeBattery.Of),
        new("ticketflow/desk", "tickets worked to the end by agents and supervisors, under faults of all layers", DeskBattery.Of) { MakeLong = DeskBattery.LongOf },
        new("ticketflow/races", "two people act on one ticket at once, customers send twice, translations and inquiries race", RacesBattery.Of) { MakeLong = RacesBattery.LongOf },
        new("ticketflow/deadlines", "deadlines, reminders and alerts by an agreement that allows seconds", DeadlinesBattery.Of) { MakeLong = DeadlinesBattery.LongOf },
        new("ticketflow/bad-input", "invalid, oversized and hostile input, also while things fail", BadInputBattery.Of) { MakeLong = BadInputBattery.LongOf },
        new("ticketflow/all", "desk, races, deadlines and bad input, one after the other", system => All(system, isLong: false)) { MakeLong = system => All(system, isLong: true) },
        new("ticketflow/links", "the intake on a bad network: toxics, HTTP faults, partitions, the disruptor, and all layers at once", LinksBattery.Of),
        new("ticketflow/matrix", "the intake under every fault at every service and for every message; takes several minutes", IntakeBattery.MatrixBattery),
        new("ticketflow/guards", "for each guard: on and off, with its fault and without; only off with the fault may violate", GuardsBattery.Of),
    ];

    private static Battery All(SystemDescription system, bool isLong)
    {
        IEnumerable<Battery> parts = isLong
            ? [DeskBattery.LongOf(system), RacesBattery.LongOf(system), DeadlinesBattery.LongOf(system), BadInputBattery.LongOf(system)]
            : [DeskBattery.Of(system), RacesBattery.Of(system), DeadlinesBattery.Of(system), BadInputBattery.Of(system)];
        return new Battery("ticketflow/all", "TicketFlow whole: desk, races, deadlines and bad input", [.. parts.SelectMany(part => part.Cells)]);
    }

    /// <inheritdoc />
    public ISampleData? Samples { get; } = new SampleDesk();

    /// <inheritdoc />
    public IReadOnlyList<Scenario> Scenarios => TicketFlowScenarios.All;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> LabSettings { get; } = new Dictionary<string, string> { ["TicketFlow__TranslationLimit"] = "00:00:03" };

    /// <inheritdoc />
    public IReadOnlyList<StateEvent> EventsOf(IReadOnlyList<SystemFact> facts) =>
    [
        .. facts.Where(fact => fact.Name == "steps").Select(fact => new StateEvent(
            fact.Value.GetProperty("subject").GetString()!, fact.Value.GetProperty("version").GetInt64(), fact.Value.GetProperty("from_state").GetString(),
            fact.Value.GetProperty("event").GetString()!, fact.Value.GetProperty("to_state").GetString()!, fact.Value.GetProperty("at").GetDateTimeOffset(), fact.OperationId)),
    ];
}
