using Faultline.Protocol.Faults;

namespace Faultline.Verification.Schedules;

/// <summary>
/// What a firing hit, in words that hold in another run: message ids are new each time, the operation id and the message type are not. A replay repeats the
/// faults on the same operations and messages; it does not repeat every interleaving.
/// </summary>
/// <param name="OperationId">The client's operation.</param>
/// <param name="MessageType">The type of the message; null for an HTTP request.</param>
/// <param name="Occurrence">Which passage of such a message at the point, counted from 1.</param>
/// <param name="Times">How many passages in a row from there; more than 1 only from the first.</param>
public sealed record Pin(string OperationId, string? MessageType, long Occurrence = 1, long Times = 1)
{
    /// <summary>Pins from the firings of one fault: which operations and messages it hit, attempts in a row taken together.</summary>
    /// <param name="firings">The firings of one fault.</param>
    public static IReadOnlyList<Pin> Of(IEnumerable<Firing> firings)
    {
        var pins = new List<Pin>();
        foreach (var hit in firings.Where(firing => firing.OperationId is not null).OrderBy(firing => firing.At).ThenBy(firing => firing.Id)
            .GroupBy(firing => (OperationId: OperationIds.WithoutRun(firing.OperationId!), Type: firing.MessageId is null ? null : firing.MessageType)))
        {
            foreach (Firing firing in hit.DistinctBy(firing => (firing.MessageId, firing.Attempt, firing.Id)))
            {
                long occurrence = Math.Max(1, firing.Attempt);
                if (pins.Count > 0 && pins[^1] is var last && last.OperationId == hit.Key.OperationId && last.MessageType == hit.Key.Type && last.Occurrence == 1 && occurrence <= 1 + last.Times)
                {
                    pins[^1] = last with { Times = last.Times + 1 };
                }
                else
                {
                    pins.Add(new Pin(hit.Key.OperationId, hit.Key.Type, occurrence));
                }
            }
        }

        return pins;
    }

    /// <summary>The trigger of the anomaly that this pin becomes: matches are counted for its operation alone.</summary>
    public TriggerSpec Trigger => Times == 1 ? new TriggerSpec { Nth = Occurrence } : new TriggerSpec { First = Times };
}
