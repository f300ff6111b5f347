using Npgsql;

namespace Orders;

public sealed record StoredLine(string Id, int Quantity, decimal Price);

public sealed record StoredOrder(Guid OrderId, string CustomerId, DateTimeOffset PlacedAt, decimal DiscountPercentage, decimal Amount, List<StoredLine> Items);

public sealed class OrderStore(NpgsqlDataSource database)
{
    public async Task CreateTablesAsync()
    {
        await using NpgsqlCommand create = database.CreateCommand(
            """
            create table if not exists my_order (id uuid primary key, customer_id text not null, placed_at timestamptz not null, discount numeric not null, amount numeric not null);
            create table if not exists my_order_item (order_id uuid not null, place int not null, product_id text not null, quantity int not null, price numeric not null, primary key (order_id, place));
            """);
        await create.ExecuteNonQueryAsync();
    }

    public async Task AddOrderAsync(StoredOrder order, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand insert = database.CreateCommand("insert into my_order (id, customer_id, placed_at, discount, amount) values ($1, $2, $3, $4, $5)");
        insert.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = order.OrderId }, new() { Value = order.CustomerId }, new() { Value = order.PlacedAt.UtcDateTime }, new() { Value = order.DiscountPercentage }, new() { Value = order.Amount },
        });
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task AddItemsAsync(StoredOrder order, CancellationToken cancellationToken)
    {
        for (int place = 0; place < order.Items.Count; place++)
        {
            StoredLine item = order.Items[place];
            await using NpgsqlCommand insert = database.CreateCommand("insert into my_order_item (order_id, place, product_id, quantity, price) values ($1, $2, $3, $4, $5)");
            insert.Parameters.AddRange(new NpgsqlParameter[]
            {
                new() { Value = order.OrderId }, new() { Value = place }, new() { Value = item.Id }, new() { Value = item.Quantity }, new() { Value = item.Price },
            });
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public async Task<StoredOrder?> FindAsync(Guid id) => (await ReadAsync("o.id = $1", id)).SingleOrDefault();

    public Task<List<StoredOrder>> OfCustomerAsync(string customerId) => ReadAsync("o.customer_id = $1", customerId);

    private async Task<List<StoredOrder>> ReadAsync(string condition, object value)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            $"""
            select o.id, o.customer_id, o.placed_at, o.discount, o.amount, i.product_id, i.quantity, i.price
            from my_order o left join my_order_item i on i.order_id = o.id
            where {condition} order by o.placed_at, o.id, i.place
            """);
        read.Parameters.Add(new NpgsqlParameter { Value = value });
        var orders = new List<StoredOrder>();
        await using NpgsqlDataReader rows = await read.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            if (orders.Count == 0 || orders[^1].OrderId != rows.GetGuid(0)) orders.Add(new StoredOrder(rows.GetGuid(0), rows.GetString(1), rows.GetFieldValue<DateTimeOffset>(2), rows.GetDecimal(3), rows.GetDecimal(4), []));
            if (!rows.IsDBNull(5)) orders[^1].Items.Add(new StoredLine(rows.GetString(5), rows.GetInt32(6), rows.GetDecimal(7)));
        }

        return orders;
    }
}
