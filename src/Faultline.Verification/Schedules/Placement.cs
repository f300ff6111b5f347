using Faultline.Protocol.Faults;
using Faultline.Triggers;

namespace Faultline.Verification.Schedules;

/// <summary>Turns a fault of a schedule into what a service is asked to set.</summary>
public static class Placement
{
    /// <summary>The anomalies to place: one, or one for each pin of a replay.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="cell">The cell that the fault belongs to when several share the running system; null when it has the system to itself.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="run">The run, where several share the data of one system; null for none.</param>
    public static IReadOnlyList<AnomalyRequest> Requests(AnomalyFault fault, string? cell, Seed seed, string? run = null)
    {
        var request = new AnomalyRequest
        {
            Service = fault.Service,
            Instance = fault.Instance,
            Point = fault.Point,
            Kind = fault.Kind,
            Parameters = fault.Parameters,
            Trigger = fault.Trigger,
            Match = WithHeader(fault.Match, FaultHeaders.Cell, cell),
            Seed = seed.Derive($"fault/{cell}/{fault.Name}").Value,
            CreatedBy = Shortened(cell is null ? fault.Name : $"{cell}: {fault.Name}"),
        };
        if (fault.Pins.Count == 0) return [request];

        return [.. fault.Pins.Select(pin => request with
        {
            Match = WithHeader(request.Match, FaultHeaders.Operation, OperationIds.InRun(pin.OperationId, run)) is var match && pin.MessageType is { } type ? match! with { MessageType = type } : match,
            Trigger = pin.Trigger,
        })];
    }

    private static MatchSpec? WithHeader(MatchSpec? match, string name, string? value) =>
        value is null ? match : (match ?? new MatchSpec()) with { Headers = new Dictionary<string, string>(match?.Headers ?? new Dictionary<string, string>()) { [name] = value } };

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..100];
}
