using Faultline.Lab.Instances;
using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;

namespace Faultline.Lab.Control;

/// <summary>What somebody has set on a system, and how it is cleared.</summary>
/// <param name="What">In words.</param>
/// <param name="Clear">The command that clears it.</param>
internal sealed record SetByHand(string What, string Clear)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    /// <summary>Processes that are down on purpose: the end of a run brings everything back.</summary>
    public static IReadOnlyList<SetByHand> Down(ControlPlane plane) =>
    [
        .. plane.Lab.Disruptor.Active.Select(down => new SetByHand($"{down.Target} is down ({down.Verb})", $"faultline {(down.Verb == "pause" ? "resume" : "restart")} {down.Target}")),
        .. plane.Disruptor.View().IsRunning ? [new SetByHand("the disruptor is at work", "faultline disruptor stop")] : Array.Empty<SetByHand>(),
    ];

    /// <summary>The anomalies that are set, the guards that are off, and the faults on links.</summary>
    /// <exception cref="LabException">A service does not answer.</exception>
    public static async Task<IReadOnlyList<SetByHand>> OnAsync(LabSystem system, TimeProvider time, CancellationToken stop) =>
    [
        .. (await Task.WhenAll(system.Clients.Values.Select(client => OnAsync(client, time, stop)))).SelectMany(found => found),
        .. (system.Links?.Report() ?? []).Where(link => link.Toxics.Count + link.HttpFaults.Count > 0).Select(link => new SetByHand($"a fault on the link {link.Name}", "faultline toxics clear")),
    ];

    /// <summary>All of it in one sentence.</summary>
    public static string Sentence(string system, IReadOnlyCollection<SetByHand> found) =>
        $"{system} is not as a run needs it, and a run would undo what somebody has set: {string.Join("; ", found.Select(one => one.What))}. Clear it before: {string.Join("; ", found.Select(one => one.Clear).Distinct())}.";

    private static async Task<IEnumerable<SetByHand>> OnAsync(ServiceClient client, TimeProvider time, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(AnswerLimit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            IReadOnlyList<Anomaly> anomalies = await client.AnomaliesAsync(limit.Token);
            IReadOnlyList<GuardState> guards = await client.GuardsAsync(limit.Token);
            return
            [
                .. anomalies.Select(anomaly => new SetByHand($"anomaly {anomaly.Kind} at {anomaly.Point} of {client.Service}", "faultline anomalies clear")),
                .. guards.Where(guard => !guard.On).Select(guard => new SetByHand($"guard {guard.Name} of {client.Service} is off", $"faultline guards set {client.Service} {guard.Name} on")),
            ];
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new LabException($"{client.Service} did not answer within {AnswerLimit.TotalSeconds:0} s.", late);
        }
        catch (Exception error) when (error is HttpRequestException or ServiceRefusedException or System.Text.Json.JsonException)
        {
            throw new LabException($"{client.Service} could not be asked for its anomalies and guards: {error.Message}", error);
        }
    }
}
