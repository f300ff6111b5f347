using System.Text.Json;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Restaurant.Checks.Plans;
using Restaurant.Checks.Workloads;

namespace Restaurant.Checks.Checkers;

/// <summary>Reads over HTTP, round the fault proxy, what the customers of a cell have: their orders from Orders, their discounts from loyalty. A participant's Orders is looked at in just the same way.</summary>
internal static class Look
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static async Task<IReadOnlyList<SystemFact>> AtAsync(LookCall call, CancellationToken stop)
    {
        var facts = new List<SystemFact>();
        PlannedOperation[] operations = [.. from operation in call.History.Operations let order = OrderPlans.Of(operation.Name, operation.OperationId) where order is not null select new PlannedOperation(operation, order)];
        long began = call.Time.GetTimestamp();
        foreach (IGrouping<string, PlannedOperation> customer in operations.GroupBy(planned => planned.Order.Customer)) facts.AddRange(await CustomerAsync(call, customer, began, stop));
        if (operations.Length > 0) facts.AddRange(Halves(call, operations));
        return facts;
    }

    /// <summary>
    /// Reads until both sides agree, or the time is over: an Orders that nobody can ask whether it is done is given the time to be done. What cannot be read at all leaves the customer out.
    /// </summary>
    private static async Task<IReadOnlyList<SystemFact>> CustomerAsync(LookCall call, IGrouping<string, PlannedOperation> customer, long began, CancellationToken stop)
    {
        IReadOnlyList<SystemFact> last = [];
        while (true)
        {
            try
            {
                JsonElement orders = await ReadAsync(call, Attempt.Orders, $"/orders?customerId={Uri.EscapeDataString(customer.Key)}", stop);
                JsonElement discount = await ReadAsync(call, TestsWorkload.Loyalty, $"/customer-discounts/{Uri.EscapeDataString(customer.Key)}", stop);
                decimal known = discount.GetProperty("discountPercentage").GetDecimal();
                string operation = customer.First().Operation.OperationId;
                last =
                [
                    .. orders.EnumerateArray().Select(order => new SystemFact(Evidence.OrderFact, operation, Row(order, customer.Key))),
                    new SystemFact(Evidence.DiscountFact, operation, JsonSerializer.SerializeToElement(new { customer = customer.Key, discount = known })),
                ];
                if (known * 100 == orders.GetArrayLength()) return last;
            }
            catch (Exception error) when (error is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException || (error is OperationCanceledException && !stop.IsCancellationRequested))
            {
                // It is just coming back; or it never answers as it should, and then this customer cannot be judged.
            }

            if (call.Time.GetElapsedTime(began) > Limit) return last;
            await Task.Delay(Pause, call.Time, stop);
        }
    }

    private static async Task<JsonElement> ReadAsync(LookCall call, string service, string path, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromSeconds(5));
        using HttpResponseMessage reply = await call.Http.GetAsync(new Uri(call.AddressOf(service), path), limit.Token);
        using JsonDocument json = JsonDocument.Parse(await reply.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(limit.Token));
        return json.RootElement.Clone();
    }

    private static JsonElement Row(JsonElement order, string customer) => JsonSerializer.SerializeToElement(new
    {
        orderId = order.GetProperty("orderId").ToString(),
        customer,
        discountPercentage = order.GetProperty("discountPercentage").GetDecimal(),
        amount = order.GetProperty("amount").GetDecimal(),
        items = order.GetProperty("items").EnumerateArray().Select(item => new { id = item.GetProperty("id").GetString(), quantity = item.GetProperty("quantity").GetInt32() }),
    });

    /// <summary>Halves of orders that came with this cell: an id tells when it was drawn (UUID version 7), and what is older belongs to others.</summary>
    private static IEnumerable<SystemFact> Halves(LookCall call, PlannedOperation[] operations)
    {
        long since = new DateTimeOffset(operations.Min(planned => planned.Operation.InvokedAt), TimeSpan.Zero).ToUnixTimeMilliseconds();
        return from fact in call.Facts
               where fact.Name == "halves" && Guid.TryParse(fact.Value.GetProperty("id").ToString(), out Guid id) && MillisecondsOf(id) >= since
               select new SystemFact(Evidence.HalfFact, operations[0].Operation.OperationId, fact.Value);
    }

    private static long MillisecondsOf(Guid id)
    {
        byte[] bytes = id.ToByteArray(bigEndian: true);
        return ((long)bytes[0] << 40) | ((long)bytes[1] << 32) | ((long)bytes[2] << 24) | ((long)bytes[3] << 16) | ((long)bytes[4] << 8) | bytes[5];
    }
}
