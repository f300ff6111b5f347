namespace Restaurant.Orders.Endpoints;

/// <summary>What an order must be. Pure.</summary>
internal static class OrderRules
{
    public const int CustomerIdMax = 100;
    public const int LinesMax = 50;
    public const int QuantityMax = 1_000;

    /// <summary>Problems by field; empty when there are none. Whether a product exists only the menu knows.</summary>
    public static Dictionary<string, string> Check(PlaceOrder.Request request)
    {
        var problems = new Dictionary<string, string>();
        if (request.CustomerId is not { Length: >= 1 and <= CustomerIdMax } customer || customer.Any(letter => letter is < '!' or > '~')) problems["customerId"] = $"must have 1 to {CustomerIdMax} printable ASCII characters without spaces";
        if (request.Items is not { Count: >= 1 and <= LinesMax } items)
        {
            problems["items"] = $"must have 1 to {LinesMax} lines; it has {request.Items?.Count ?? 0}";
            return problems;
        }

        for (int line = 0; line < items.Count; line++)
        {
            if (string.IsNullOrEmpty(items[line].Id)) problems[$"items[{line}].id"] = "must name a product";
            if (items[line].Quantity is < 1 or > QuantityMax) problems[$"items[{line}].quantity"] = $"must be 1 to {QuantityMax}; it is {items[line].Quantity}";
        }

        if (items.GroupBy(item => item.Id).FirstOrDefault(group => group.Count() > 1) is { } twice) problems["items"] = $"must name each product once; '{twice.Key}' is there {twice.Count()} times";
        return problems;
    }
}
