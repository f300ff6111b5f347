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
    public IReadOnlyList<IWorkload> Workloads { get; } = [new IntakeWorkload(), new BadInputWorkload()];

    /// <inheritdoc />
    public IReadOnlyList<IChecker> Checkers { get; } = [new OneTicketEach(), new OneInquiryEach(), new StatusAgrees(), new TranslatedOnce(), new EntriesOnce(), new InputJudged()];

    /// <inheritdoc />
    public IReadOnlyList<(string Service, string Name)> Facts { get; } =
    [
        ("ticketflow/inquiries", "inquiries"), ("ticketflow/inquiries", "entries"), ("ticketflow/translations", "translations"), ("ticketflow/tickets", "tickets"), ("ticketflow/tickets", "steps"),
    ];

    /// <inheritdoc />
    public IReadOnlyList<BatteryDescription> Batteries { get; } =
    [
        new("ticketflow/intake", "the intake under every fault that is not refused, under disruptions, and with replicas", IntakeBattery.Of),
        new("ticketflow/links", "the intake on a bad network: toxics, HTTP faults, partitions, the disruptor, and all layers at once", LinksBattery.Of),
        new("ticketflow/matrix", "the intake under every fault at every service and for every message; takes several minutes", IntakeBattery.MatrixBattery),
        new("ticketflow/guards", "for each guard: on and off, with its fault and without; only off with the fault may violate", GuardsBattery.Of),
    ];

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
