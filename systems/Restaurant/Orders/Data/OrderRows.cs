using Faultline.Messaging.Publishing;
using Npgsql;

namespace Restaurant.Orders.Data;

/// <summary>An order as it is stored.</summary>
internal sealed record Order(Guid Id, string CustomerId, DateTimeOffset PlacedAt, decimal Discount, decimal Amount, IReadOnlyList<OrderItem> Items);

/// <summary>A line of an order.</summary>
internal sealed record OrderItem(string Id, int Quantity, decimal Price);

/// <summary>Stores and reads orders. Thread-safe.</summary>
internal sealed class OrderRows(NpgsqlDataSource database)
{
    /// <summary>Orders without items, and items without an order.</summary>
    public const string Halves =
        """
        select o.id, 'order without items' as what from customer_order o where not exists (select from order_item i where i.order_id = o.id)
        union all
        select distinct i.order_id, 'items without an order' from order_item i where not exists (select from customer_order o where o.id = i.order_id)
        """;

    private const string Select =
        """
        select o.id, o.customer_id, o.placed_at, o.discount, o.amount, i.product_id, i.quantity, i.price
        from customer_order o left join order_item i on i.order_id = o.id
        """;

    /// <summary>Stores an order: itself at once, its items with the rest of the unit. In one transaction that is the same; without one it is two commits.</summary>
    public static async Task AddAsync(UnitOfWork unit, Order order, CancellationToken stop)
    {
        await using var insert = new NpgsqlCommand(
            "insert into customer_order (id, customer_id, placed_at, discount, amount) values ($1, $2, $3, $4, $5)", (NpgsqlConnection)unit.Connection, (NpgsqlTransaction?)unit.Transaction)
        {
            Parameters = { new() { Value = order.Id }, new() { Value = order.CustomerId }, new() { Value = order.PlacedAt.UtcDateTime }, new() { Value = order.Discount }, new() { Value = order.Amount } },
        };
        await insert.ExecuteNonQueryAsync(stop);
        unit.Defer(new NpgsqlBatchCommand(
            """
            insert into order_item (order_id, place, product_id, quantity, price)
            select $1, place, product_id, quantity, price from unnest($2::text[], $3::int[], $4::numeric[]) with ordinality as t(product_id, quantity, price, place)
            """)
        {
            Parameters =
            {
                new() { Value = order.Id }, new() { Value = order.Items.Select(item => item.Id).ToArray() }, new() { Value = order.Items.Select(item => item.Quantity).ToArray() },
                new() { Value = order.Items.Select(item => item.Price).ToArray() },
            },
        });
    }

    /// <summary>One order; null when there is none.</summary>
    public async Task<Order?> FindAsync(Guid id, CancellationToken stop) => (await ReadAsync($"{Select} where o.id = $1 order by i.place", id, stop)).SingleOrDefault();

    /// <summary>The orders of a customer, oldest first.</summary>
    public Task<IReadOnlyList<Order>> OfCustomerAsync(string customer, CancellationToken stop) => ReadAsync($"{Select} where o.customer_id = $1 order by o.placed_at, o.id, i.place", customer, stop);

    private async Task<IReadOnlyList<Order>> ReadAsync(string query, object parameter, CancellationToken stop)
    {
        await using NpgsqlCommand read = database.CreateCommand(query);
        read.Parameters.Add(new NpgsqlParameter { Value = parameter });
        await using NpgsqlDataReader rows = await read.ExecuteReaderAsync(stop);
        var orders = new List<Order>();
        while (await rows.ReadAsync(stop))
        {
            Guid id = rows.GetGuid(0);
            if (orders.Count == 0 || orders[^1].Id != id) orders.Add(new Order(id, rows.GetString(1), rows.GetFieldValue<DateTimeOffset>(2), rows.GetDecimal(3), rows.GetDecimal(4), new List<OrderItem>()));
            if (!rows.IsDBNull(5)) ((List<OrderItem>)orders[^1].Items).Add(new OrderItem(rows.GetString(5), rows.GetInt32(6), rows.GetDecimal(7)));
        }

        return orders;
    }
}
