using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;
using Faultline.Verification.Schedules;

namespace Faultline.Verification.Experiments;

/// <summary>What a generated battery covers.</summary>
public sealed record MatrixOptions
{
    /// <summary>What the client does in each cell: enough operations that every message of the system is sent.</summary>
    public required WorkloadSpec Workload { get; init; }

    /// <summary>The message types that are scheduled: only they pass the points of the schedule.</summary>
    public IReadOnlySet<string> Scheduled { get; init; } = new HashSet<string>();

    /// <summary>The message types that the workload really causes; empty means all. Others would leave cells inconclusive.</summary>
    public IReadOnlySet<string> Messages { get; init; } = new HashSet<string>();

    /// <summary>The services that the workload's clients call, as <c>system/service</c>: cells of the HTTP server points are made for them.</summary>
    public IReadOnlyList<string> HttpServices { get; init; } = [];

    /// <summary>Whether cells are made for the points that exist only while the outbox is off.</summary>
    public bool WithoutOutbox { get; init; } = true;

    /// <summary>The rules of each cell; empty means the usual ones.</summary>
    public IReadOnlyList<InvariantSpec> Invariants { get; init; } = [];
}

/// <summary>Makes a battery of all cells that the fault table does not refuse: service × message × point × kind.</summary>
public static class BatteryMatrix
{
    private const string HelperName = "brings the message here";
    private const int TransientHelped = 5;
    private const int LastingHelped = 1_000; // As good as always.

    /// <summary>Makes the battery.</summary>
    /// <param name="system">The system.</param>
    /// <param name="options">What is covered.</param>
    public static Battery Of(SystemDescription system, MatrixOptions options) =>
        new($"{system.Name}-matrix", $"Every fault at every point of {system.Name}", [.. system.Services.SelectMany(service => CellsOf(system, service, options))]);

    private static IEnumerable<Experiment> CellsOf(SystemDescription system, ServiceDescription service, MatrixOptions options)
    {
        foreach (FaultPoint point in FaultPoints.All)
        {
            if (!service.Points.Contains(point.Name)) continue;

            bool direct = FaultTable.WithoutOutboxOnly.Contains(point);
            if (direct && !options.WithoutOutbox) continue;

            foreach (string? message in Subjects(service, point, options))
            {
                foreach (string kind in FaultKinds.All)
                {
                    if (!service.Kinds.Contains(kind) || FaultTable.Of(kind, point).Effect == FaultEffect.Refused) continue;

                    yield return Cell(system, service, point, message, kind, direct, options);
                }
            }
        }
    }

    private static IEnumerable<string?> Subjects(ServiceDescription service, FaultPoint point, MatrixOptions options)
    {
        if (Applicability.IsHttp(point)) return point.Name.StartsWith("http.re", StringComparison.Ordinal) && point != FaultPoints.HttpReceiveAfter && options.HttpServices.Contains(service.Service) ? [null] : [];

        IEnumerable<string> types = point.Pipeline == "transaction" && service.Consumes.Count > 0 ? service.Consumes.Select(contract => contract.Type).Distinct() : Applicability.MessagesAt(service, point);
        return types.Where(type => (options.Messages.Count == 0 || options.Messages.Contains(type)) && (point.Pipeline != "schedule" || options.Scheduled.Contains(type)));
    }

    private static Experiment Cell(SystemDescription system, ServiceDescription service, FaultPoint point, string? message, string kind, bool direct, MatrixOptions options)
    {
        string where = service.Service[(service.Service.LastIndexOf('/') + 1)..];
        MatchSpec? match = message is null ? null : new MatchSpec { MessageType = message };
        var fault = new AnomalyFault
        {
            Name = $"{kind} at {point.Name}",
            Service = service.Service,
            Point = point.Name,
            Kind = kind,
            Match = match,
            Trigger = new TriggerSpec { Once = true },
            Parameters = kind == FaultKinds.Delay ? new AnomalyParameters { DelayMs = 300 } : null,
            For = kind == FaultKinds.Hang ? TimeSpan.FromSeconds(2) : null, // A hang ends when it is removed; the cell wants to see what comes after.
        };
        string name = Name($"{where}-{message ?? "http"}-{point.Name}-{kind}");
        return new Experiment
        {
            Name = name,
            Title = $"{kind} at {point.Name} of {service.Service}{(message is null ? "" : $", on {message}")}",
            System = system.Name,
            Workload = options.Workload,
            Schedule = [.. Helper(name, service, point, match), fault],
            Invariants = options.Invariants,
            Guards = direct ? [new GuardSpec(GuardNames.Outbox, On: false, service.Service)] : [],
        };
    }

    /// <summary>
    /// Parking and dead letters are reached by messages that fail: a failure of the messages of the first operation, a few times or for good, brings them there. The other
    /// operations are not helped: what is judged is also what must not be hit.
    /// </summary>
    private static IEnumerable<FaultSpec> Helper(string cell, ServiceDescription service, FaultPoint point, MatchSpec? match)
    {
        if (point.Pipeline is not ("retry" or "deadletter")) yield break;

        bool isTransient = point.Pipeline == "retry";
        yield return new AnomalyFault
        {
            Name = HelperName,
            Service = service.Service,
            Point = FaultPoints.ConsumeHandleBefore.Name,
            Kind = FaultKinds.Exception,
            Match = match,
            // The failure of a batch is none of its messages', and a death between a failure and what follows from it takes it away: one failure is not enough.
            Pins = [new Pin(Cells.OperationId(cell, 1), match?.MessageType, Times: isTransient ? TransientHelped : LastingHelped)],
            Parameters = new AnomalyParameters { Transient = isTransient, Message = "placed to bring the message to the point under test" },
        };
    }

    private static string Name(string text)
    {
        char[] name = [.. text.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')];
        return new string(name)[..Math.Min(name.Length, 120)].Trim('-');
    }
}
