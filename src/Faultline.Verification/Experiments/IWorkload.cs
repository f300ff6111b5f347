using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Triggers;
using Faultline.Verification.Checkers;
using Faultline.Verification.Histories;
using Faultline.Verification.Profiles;
using Faultline.Verification.Scenarios;

namespace Faultline.Verification.Experiments;

/// <summary>A client that drives a system and records what it does. A border: systems bring theirs. One instance serves all cells.</summary>
public interface IWorkload
{
    /// <summary>Name and parameters.</summary>
    WorkloadDescription Description { get; }

    /// <summary>How long one operation goes on while its outcome is unknown.</summary>
    /// <value>40 s; longer where one operation is many steps.</value>
    TimeSpan Limit => TimeSpan.FromSeconds(40);

    /// <summary>
    /// Does one operation from its beginning to its end: sends it, and again with the same id while its outcome is unknown and there is time. It never throws for a failure of the system: that is an outcome.
    /// </summary>
    /// <param name="call">What to do and with what.</param>
    /// <param name="stop">The run is being given up; the operation stays open.</param>
    /// <returns>How it ended.</returns>
    Task<OperationEnd> RunAsync(WorkloadCall call, CancellationToken stop);
}

/// <summary>One operation that a workload is asked to do.</summary>
/// <param name="Name">The name of the workload's operation.</param>
/// <param name="OperationId">Travels in headers with everything that it causes; also the idempotency key.</param>
/// <param name="Cell">The cell that it belongs to.</param>
/// <param name="Number">The number of the operation in its cell, from 1.</param>
/// <param name="Seed">Decides every random choice of this cell's workload.</param>
/// <param name="Parameters">The parameters in the experiment.</param>
/// <param name="Http">Sends requests; addresses are those of <paramref name="AddressOf"/>.</param>
/// <param name="AddressOf">Where a service can be reached now: asked anew for each attempt, so that a replica that died is passed by.</param>
/// <param name="Limit">How long to go on while the outcome is unknown.</param>
/// <param name="Time">The clock.</param>
public sealed record WorkloadCall(
    string Name, string OperationId, string Cell, long Number, Seed Seed, IReadOnlyDictionary<string, JsonElement> Parameters, HttpClient Http, Func<string, Uri> AddressOf, TimeSpan Limit, TimeProvider Time)
{
    /// <summary>Where a service can be reached round the fault proxy, for what a checker asks and no client does.</summary>
    public Func<string, Uri> DirectAddressOf { get; init; } = AddressOf;
}


/// <summary>How an operation ended.</summary>
/// <param name="Outcome">Ok, failed or unknown.</param>
/// <param name="Attempts">How many times it was sent.</param>
/// <param name="Subject">What it is about, for example the id of an inquiry.</param>
/// <param name="Reply">What was answered.</param>
/// <param name="Error">Why it failed or is unknown.</param>
public sealed record OperationEnd(Outcome Outcome, int Attempts, string? Subject = null, JsonElement? Reply = null, string? Error = null)
{
    /// <summary>The trace that all its attempts share, as 32 hexadecimal digits; null for none.</summary>
    public string? Trace { get; init; }
}

/// <summary>What a system's checks may look at when everything is quiet, over HTTP and round the fault proxy.</summary>
/// <param name="History">The operations of one cell.</param>
/// <param name="Facts">The rows that the services report, of all cells.</param>
/// <param name="Http">Sends requests.</param>
/// <param name="AddressOf">Where a service can be reached, round the fault proxy.</param>
/// <param name="Time">The clock.</param>
public sealed record LookCall(History History, IReadOnlyList<SystemFact> Facts, HttpClient Http, Func<string, Uri> AddressOf, TimeProvider Time)
{
    /// <summary>The experiment whose operations these are; null when only the operations are known.</summary>
    public Experiment? Cell { get; init; }

    /// <summary>The run, where several share the data of one system; null for none.</summary>
    public string? Run { get; init; }

    /// <summary>The connection string of a service's database, round the fault proxy; null for a service without one. It is a secret.</summary>
    public Func<string, string?> DatabaseOf { get; init; } = _ => null;
}

/// <summary>What a system brings for its verification. A border: one for each system.</summary>
public interface ISystemChecks
{
    /// <summary>The name of the system.</summary>
    string System { get; }

    /// <summary>Its workloads.</summary>
    IReadOnlyList<IWorkload> Workloads { get; }

    /// <summary>Its own checkers.</summary>
    IReadOnlyList<IChecker> Checkers { get; }

    /// <summary>The state that its checkers look at: service and name of the facts.</summary>
    IReadOnlyList<(string Service, string Name)> Facts { get; }

    /// <summary>Its batteries, by name; each is made for what the services really have.</summary>
    IReadOnlyList<BatteryDescription> Batteries { get; }

    /// <summary>Settings that its services get in a lab, such as shortened time limits.</summary>
    IReadOnlyDictionary<string, string> LabSettings { get; }

    /// <summary>Its fault profiles; none where it has no links to break.</summary>
    IReadOnlyList<FaultProfile> Profiles => [];

    /// <summary>Its scenarios: stories that show what a fault does and what a guard earns.</summary>
    IReadOnlyList<Scenario> Scenarios => [];

    /// <summary>Its sample data; null when it has none.</summary>
    ISampleData? Samples => null;

    /// <summary>The service that a user may replace by a program of his own, as <c>system/service</c>; null when none may be.</summary>
    string? OwnService => null;

    /// <summary>Looks at the state that a checker needs and that the services do not report as facts, once everything is quiet.</summary>
    /// <param name="call">What to look at.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Facts of the cell.</returns>
    Task<IReadOnlyList<SystemFact>> LookAsync(LookCall call, CancellationToken stop) => Task.FromResult<IReadOnlyList<SystemFact>>([]);

    /// <summary>Reads the changes of state out of the facts.</summary>
    /// <param name="facts">The facts of a cell.</param>
    IReadOnlyList<StateEvent> EventsOf(IReadOnlyList<SystemFact> facts);
}

/// <summary>A battery as a list shows it.</summary>
/// <param name="Name">As <c>system/battery</c>.</param>
/// <param name="Says">What it shows.</param>
/// <param name="Make">Makes it.</param>
public sealed record BatteryDescription(string Name, string Says, Func<SystemDescription, Battery> Make)
{
    /// <summary>Makes its long form, with more experiments and more operations; null when it has none.</summary>
    public Func<SystemDescription, Battery>? MakeLong { get; init; }
}
