using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Verification.Experiments;
using Restaurant.Checks.Plans;

namespace Restaurant.Checks.Workloads;

/// <summary>The tests of the table, one after the other: the client tries until it succeeds, and then waits until loyalty gives the next discount.</summary>
internal sealed class TestsWorkload : IWorkload
{
    public const string Name = Workload.Tests;
    public const string Loyalty = "restaurant/loyalty";

    /// <summary>The time limit of the run for one test; what has no answer by then never gets one.</summary>
    private static readonly Patience ToTheEnd = new(TimeSpan.FromMinutes(2), int.MaxValue);

    private static readonly TimeSpan DiscountLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    public WorkloadDescription Description { get; } = new(Name, "the tests of the table one after the other; each order is tried until it succeeds, and the next one waits for the discount");

    public async Task<OperationEnd> RunAsync(WorkloadCall call, CancellationToken stop)
    {
        PlannedOrder order = OrderPlans.Of(Name, call.OperationId)!;
        string trace = Client.TraceOf(call);
        long began = call.Time.GetTimestamp();
        Ended ended = await Client.PlaceAsync(call, Client.BodyOf(order), ToTheEnd, trace, stop);
        double after = Math.Round(call.Time.GetElapsedTime(began).TotalSeconds, 3);
        decimal? next = ended.Outcome == Outcome.Ok ? await NextDiscountAsync(call, order, stop) : null;
        return new OperationEnd(ended.Outcome, ended.Attempts, ended.OrderId, JsonSerializer.SerializeToElement(new { order = ended.OrderId, after, next }), ended.Error) { Trace = trace };
    }

    /// <summary>Waits for the discount that the customer must have now, and says which he had at last; null when loyalty never answered.</summary>
    private static async Task<decimal?> NextDiscountAsync(WorkloadCall call, PlannedOrder order, CancellationToken stop)
    {
        long began = call.Time.GetTimestamp();
        decimal? last = null;
        while (true)
        {
            last = await ReadDiscountAsync(call, order.Customer, stop) ?? last;
            if (last == order.NextDiscount || call.Time.GetElapsedTime(began) > DiscountLimit) return last;
            await Task.Delay(LookPause, call.Time, stop);
        }
    }

    private static async Task<decimal?> ReadDiscountAsync(WorkloadCall call, string customer, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(AnswerLimit);
        try
        {
            JsonElement reply = await call.Http.GetFromJsonAsync<JsonElement>(new Uri(call.DirectAddressOf(Loyalty), string.Create(CultureInfo.InvariantCulture, $"/customer-discounts/{customer}")), limit.Token);
            return reply.GetProperty("discountPercentage").GetDecimal();
        }
        catch (Exception error) when (error is HttpRequestException or JsonException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return null; // It is down, or just coming back.
        }
    }
}
