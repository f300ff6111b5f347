using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;

namespace Faultline.Lab.Experiments;

/// <summary>Watches what anomalies have met and hit.</summary>
internal static class Watch
{
    /// <summary>Asks every service once, and tells all cells.</summary>
    public static async Task ObserveAsync(IReadOnlyList<CellLoad> loads, LabSystem system, CancellationToken stop)
    {
        var seen = new Dictionary<Guid, (long Matched, long Fired)>();
        foreach (ServiceClient client in system.Clients.Values)
        {
            try
            {
                foreach (Anomaly anomaly in await client.AnomaliesAsync(stop)) seen[anomaly.Id] = (anomaly.Matched, anomaly.Fired);
            }
            catch (Exception error) when (error is LabException or ServiceRefusedException or HttpRequestException or System.Text.Json.JsonException || (error is OperationCanceledException && stop.IsCancellationRequested))
            {
                // A service that is down now is asked again at the next look.
                continue;
            }
        }

        foreach (CellLoad load in loads) load.Observe(seen);
    }
}
