using System.Globalization;
using Faultline.Protocol.Histories;
using Faultline.Triggers;
using Faultline.Verification.Experiments;
using Restaurant.Checks.Plans;

namespace Restaurant.Checks.Workloads;

/// <summary>How long a client goes on.</summary>
/// <param name="Limit">The longest time.</param>
/// <param name="AttemptsMax">The most attempts.</param>
internal sealed record Patience(TimeSpan Limit, int AttemptsMax);

/// <summary>How an order ended for its client.</summary>
internal sealed record Ended(Outcome Outcome, int Attempts, string? OrderId, string? Error)
{
    /// <summary>Whether the last answer was a final no; an earlier attempt may have been done all the same.</summary>
    public bool IsRefused { get; init; }
}

/// <summary>A client: sends an order with one key until it knows what became of it, 250 ms apart.</summary>
internal static class Client
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public static object BodyOf(PlannedOrder order) => new { customerId = order.Customer, items = order.Items.Select(line => new { id = line.Id, quantity = line.Quantity }) };

    public static async Task<Ended> PlaceAsync(WorkloadCall call, object body, Patience patience, string trace, CancellationToken stop)
    {
        long began = call.Time.GetTimestamp();
        for (int attempt = 1; ; attempt++)
        {
            Answer answer = await Attempt.SendAsync(call, body, call.OperationId, trace, stop);
            switch (answer.End)
            {
                case AttemptEnd.Placed: return new Ended(Outcome.Ok, attempt, answer.OrderId, null);
                // An earlier attempt may have been done all the same.
                case AttemptEnd.Refused: return new Ended(attempt == 1 ? Outcome.Failed : Outcome.Unknown, attempt, null, answer.Says) { IsRefused = true };
            }

            if (attempt >= patience.AttemptsMax || call.Time.GetElapsedTime(began) > patience.Limit) return new Ended(Outcome.Unknown, attempt, null, answer.Says);
            await Task.Delay(Pause, call.Time, stop);
        }
    }

    /// <summary>The trace of an operation: the same for all its attempts, and for a seed the same in each run.</summary>
    public static string TraceOf(WorkloadCall call)
    {
        Dice dice = call.Seed.For("trace", call.OperationId);
        return string.Create(CultureInfo.InvariantCulture, $"{dice.Next():x16}{dice.Next() | 1:x16}");
    }
}
