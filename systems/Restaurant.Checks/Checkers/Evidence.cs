using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;
using Faultline.Verification.Histories;
using Restaurant.Checks.Plans;

namespace Restaurant.Checks.Checkers;

/// <summary>An order as Orders shows it.</summary>
internal sealed record SeenOrder(string Id, string Customer, decimal Discount, decimal Amount, IReadOnlyList<PlannedLine> Lines);

/// <summary>An operation and what it was to do.</summary>
internal sealed record PlannedOperation(Operation Operation, PlannedOrder Order);

/// <summary>What the checkers look at: what was to be done, what was answered, and what Orders and loyalty show over HTTP when everything is quiet.</summary>
internal sealed class Evidence
{
    public const string OrderFact = "order";
    public const string DiscountFact = "discount";
    public const string HalfFact = "half";

    private readonly ILookup<string, SeenOrder> _orders;

    private Evidence(CheckContext context)
    {
        Operations = [.. from operation in context.History.Operations let order = OrderPlans.Of(operation.Name, operation.OperationId) where order is not null select new PlannedOperation(operation, order)];
        _orders = context.FactsOf(OrderFact).Select(fact => Read(fact.Value)).ToLookup(order => order.Customer);
        Discounts = context.FactsOf(DiscountFact).ToDictionary(fact => fact.Value.GetProperty("customer").GetString()!, fact => fact.Value.GetProperty("discount").GetDecimal());
        Halves = [.. context.FactsOf(HalfFact).Select(fact => fact.Value)];
    }

    public IReadOnlyList<PlannedOperation> Operations { get; }

    /// <summary>What loyalty gives each customer; a customer who could not be looked at is missing.</summary>
    public IReadOnlyDictionary<string, decimal> Discounts { get; }

    /// <summary>Orders without items, and items without an order.</summary>
    public IReadOnlyList<JsonElement> Halves { get; }

    public IEnumerable<SeenOrder> Orders => _orders.SelectMany(orders => orders);

    /// <summary>The customers that could be looked at.</summary>
    public IEnumerable<IGrouping<string, PlannedOperation>> Customers => Operations.GroupBy(planned => planned.Order.Customer).Where(customer => Discounts.ContainsKey(customer.Key));

    public static Evidence Of(CheckContext context) => new(context);

    public IEnumerable<SeenOrder> OrdersOf(string customer) => _orders[customer];

    /// <summary>The orders that go back to an operation: its customer, its lines.</summary>
    public SeenOrder[] OrdersOf(PlannedOperation planned) => [.. _orders[planned.Order.Customer].Where(order => planned.Order.HasLines(order.Lines))];

    /// <summary>A part of what the client noted about an operation; null when it noted nothing of the kind.</summary>
    public static JsonElement? Noted(Operation operation, string name)
    {
        if (operation.Reply is not { } text) return null;
        using JsonDocument json = JsonDocument.Parse(text);
        return json.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value.Clone() : null;
    }

    private static SeenOrder Read(JsonElement order) => new(
        order.GetProperty("orderId").ToString(), order.GetProperty("customer").GetString()!, order.GetProperty("discountPercentage").GetDecimal(), order.GetProperty("amount").GetDecimal(),
        [.. order.GetProperty("items").EnumerateArray().Select(item => new PlannedLine(item.GetProperty("id").GetString()!, item.GetProperty("quantity").GetInt32()))]);

    public static string Ending(Operation operation) => operation.Outcome.ToString().ToLowerInvariant();
}
