namespace Orders;

public sealed record Line(string Id, int Quantity);

public sealed record OrderRequest(string CustomerId, List<Line> Items);

public sealed record Product(string Id, decimal Price);

public sealed record Discount(decimal DiscountPercentage);

public static class PlaceOrder
{
    public static async Task<IResult> HandleAsync(OrderRequest request, IHttpClientFactory clients, OrderStore store, CancellationToken cancellationToken)
    {
        HttpClient menu = clients.CreateClient("menu");
        HttpClient loyalty = clients.CreateClient("loyalty");

        var items = new List<StoredLine>();
        foreach (Line line in request.Items)
        {
            Product product = (await menu.GetFromJsonAsync<Product>($"/products/{line.Id}", cancellationToken))!;
            items.Add(new StoredLine(line.Id, line.Quantity, product.Price));
        }

        Discount discount = (await loyalty.GetFromJsonAsync<Discount>($"/customer-discounts/{request.CustomerId}", cancellationToken))!;
        decimal amount = items.Sum(item => item.Price * item.Quantity) * (1 - discount.DiscountPercentage);
        var order = new StoredOrder(Guid.CreateVersion7(), request.CustomerId, DateTimeOffset.UtcNow, discount.DiscountPercentage, amount, items);

        await store.AddOrderAsync(order, cancellationToken);
        await store.AddItemsAsync(order, cancellationToken);

        await loyalty.PostAsJsonAsync("/orders", new { order.OrderId, order.CustomerId, order.PlacedAt }, cancellationToken);
        return Results.Ok(new { order.OrderId });
    }
}
