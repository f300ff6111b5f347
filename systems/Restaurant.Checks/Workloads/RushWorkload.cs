using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Verification.Experiments;
using Restaurant.Checks.Plans;

namespace Restaurant.Checks.Workloads;

/// <summary>
/// Many customers at once. Some send an order twice at the same time with one key, some send it again after it was acknowledged, some use a key again for another order, and some give up early.
/// </summary>
internal sealed class RushWorkload : IWorkload
{
    public const string Name = Workload.Rush;

    public const string Same = "same";
    public const string Other = "other";

    private const int AttemptsMax = 100;
    private const int AfterTriesMax = 12;
    private static readonly Patience Patient = new(TimeSpan.FromMinutes(2), AttemptsMax);
    private static readonly Patience Hasty = new(TimeSpan.FromSeconds(4), AttemptsMax);

    public WorkloadDescription Description { get; } = new(Name, "customers order in parallel, race with one key, repeat what was acknowledged, use a key twice, and give up");

    public async Task<OperationEnd> RunAsync(WorkloadCall call, CancellationToken stop)
    {
        PlannedOrder order = OrderPlans.Of(Name, call.OperationId)!;
        object body = Client.BodyOf(order);
        string trace = Client.TraceOf(call);
        // Every fifth gives up soon, every third races, and what was acknowledged is asked again now and then.
        Patience patience = order.Number % 5 == 0 ? Hasty : Patient;
        int copies = order.Number % 3 == 0 ? 2 : 1;
        Ended[] ends = await Task.WhenAll(Enumerable.Range(0, copies).Select(_ => Client.PlaceAsync(call, body, patience, trace, stop)));
        string[] ids = [.. ends.Select(end => end.OrderId).OfType<string>().Distinct()];
        string? race = copies == 2 && ends.All(end => end.Outcome == Outcome.Ok) ? ids.Length == 1 ? Same : Other : null;
        string? again = null;
        int? reused = null;
        if (ids.Length == 1 && order.Number % 4 == 1) again = await AgainAsync(call, body, ids[0], trace, stop);
        if (ids.Length == 1 && order.Number % 4 == 3) reused = await ReusedAsync(call, order, trace, stop);
        return new OperationEnd(OutcomeOf(ends), ends.Sum(end => end.Attempts), ids.FirstOrDefault(), JsonSerializer.SerializeToElement(new { order = ids.FirstOrDefault(), race, again, reused }), ends[0].Error) { Trace = trace };
    }

    /// <summary>One acknowledgement is one; certainly not done is only what nobody may have done.</summary>
    private static Outcome OutcomeOf(Ended[] ends) =>
        ends.Any(end => end.Outcome == Outcome.Ok) ? Outcome.Ok : ends.All(end => end.Outcome == Outcome.Failed) ? Outcome.Failed : Outcome.Unknown;

    /// <summary>Sends an acknowledged order again: the answer must be the same. Null when no answer came.</summary>
    private static async Task<string?> AgainAsync(WorkloadCall call, object body, string expected, string trace, CancellationToken stop)
    {
        Ended ended = await Client.PlaceAsync(call, body, Patient with { AttemptsMax = AfterTriesMax }, trace, stop);
        return ended.Outcome == Outcome.Unknown && ended.OrderId is null ? null : ended.OrderId == expected ? Same : Other;
    }

    /// <summary>Uses the key of an acknowledged order for another one: that must be refused with 422. Null when no answer came.</summary>
    private static async Task<int?> ReusedAsync(WorkloadCall call, PlannedOrder order, string trace, CancellationToken stop)
    {
        object other = Client.BodyOf(order with { Items = [new PlannedLine("coke", 999)] });
        for (int attempt = 1; attempt <= AfterTriesMax; attempt++)
        {
            Answer answer = await Attempt.SendAsync(call, other, call.OperationId, trace, stop);
            if (answer.End != AttemptEnd.Unclear) return answer.Status;
            await Task.Delay(TimeSpan.FromMilliseconds(250), call.Time, stop);
        }

        return null;
    }
}
