using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Verification.Experiments;

namespace Restaurant.Checks.Workloads;

/// <summary>Orders that cannot be served: each must be refused with a 4xx, at once and for good.</summary>
internal sealed class BadOrdersWorkload : IWorkload
{
    public const string Name = "bad-orders";

    /// <summary>The one order among them that is as it should be: who refuses everything has judged nothing.</summary>
    public const string Good = "nothing wrong";

    /// <summary>Long enough for an Orders that just died of another experiment's fault, and not for ever.</summary>
    private static readonly Patience Short = new(TimeSpan.FromSeconds(20), 40);

    private static readonly (string Says, object Body)[] Cases =
    [
        ("an unknown product", new { customerId = "bad", items = new[] { new { id = "caviar", quantity = 1 } } }),
        ("a product twice", new { customerId = "bad", items = new[] { new { id = "fries", quantity = 1 }, new { id = "fries", quantity = 2 } } }),
        ("no quantity at all", new { customerId = "bad", items = new[] { new { id = "fries", quantity = 0 } } }),
        ("a negative quantity", new { customerId = "bad", items = new[] { new { id = "fries", quantity = -1 } } }),
        ("far too much", new { customerId = "bad", items = new[] { new { id = "fries", quantity = 1_000_000 } } }),
        ("no items", new { customerId = "bad", items = Array.Empty<object>() }),
        ("no customer", new { items = new[] { new { id = "fries", quantity = 1 } } }),
        (Good, new { customerId = "good", items = new[] { new { id = "fries", quantity = 1 } } }),
        ("items that are no list", new { customerId = "bad", items = "fries" }),
    ];

    /// <summary>How many there are.</summary>
    public static int Count => Cases.Length;

    public WorkloadDescription Description { get; } = new(Name, "orders that cannot be served; each must be refused");

    public async Task<OperationEnd> RunAsync(WorkloadCall call, CancellationToken stop)
    {
        (string says, object body) = Cases[(int)((call.Number - 1) % Cases.Length)];
        string trace = Client.TraceOf(call);
        Ended ended = await Client.PlaceAsync(call, body, Short, trace, stop);
        // Nothing but this order is asked for with its key: a final no is one, also where an attempt before it was cut off.
        return new OperationEnd(ended.IsRefused ? Outcome.Failed : ended.Outcome, ended.Attempts, ended.OrderId, JsonSerializer.SerializeToElement(new { says }), ended.Error) { Trace = trace };
    }
}
