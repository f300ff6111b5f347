using Npgsql;

namespace Orders;

public sealed record StoredLine(string Id, int Quantity, decimal Price);

public sealed record StoredOrder(Guid OrderId, string CustomerId, DateTimeOffset PlacedAt, decimal DiscountPercentage, decimal Amount, List<StoredLine> Items);

/// <summary>A key that was used before, with what it was used for.</summary>
public sealed record KnownKey(Guid OrderId, byte[] Fingerprint);

public sealed class OrderStore(NpgsqlDataSource database)
{
    public async Task CreateTablesAsync()
    {
        await using NpgsqlCommand create = database.CreateCommand(
            """
            create table if not exists my_order (id uuid primary key, customer_id text not null, placed_at timestamptz not null, discount numeric not null, amount numeric not null);
            create table if not exists my_order_item (order_id uuid not null references my_order (id), place int not null, product_id text not null, quantity int not null, price numeric not null, primary key (order_id, place));
            create table if not exists my_key (key text primary key, order_id uuid not null, fingerprint bytea not null);
            create table if not exists my_outbox (order_id uuid primary key);
            """);
        await create.ExecuteNonQueryAsync();
    }

    public async Task<KnownKey?> FindKeyAsync(string key, CancellationToken stop)
    {
        await using NpgsqlCommand read = database.CreateCommand("select order_id, fingerprint from my_key where key = $1");
        read.Parameters.Add(new NpgsqlParameter { Value = key });
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(stop);
        return await row.ReadAsync(stop) ? new KnownKey(row.GetGuid(0), row.GetFieldValue<byte[]>(1)) : null;
    }

    /// <summary>Steps 3 and 5: key, order, items and outbox row in one transaction. Of two requests with one key the second waits here for the first, and gets its order.</summary>
    public async Task<KnownKey?> AddAsync(StoredOrder order, string key, byte[] fingerprint, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        if (key.Length > 0 && await ExecuteAsync("insert into my_key (key, order_id, fingerprint) values ($1, $2, $3) on conflict (key) do nothing", key, order.OrderId, fingerprint) == 0)
        {
            await transaction.RollbackAsync(stop);
            return await FindKeyAsync(key, stop);
        }

        await ExecuteAsync("insert into my_order (id, customer_id, placed_at, discount, amount) values ($1, $2, $3, $4, $5)", order.OrderId, order.CustomerId, order.PlacedAt.UtcDateTime, order.DiscountPercentage, order.Amount);
        for (int place = 0; place < order.Items.Count; place++)
        {
            StoredLine item = order.Items[place];
            await ExecuteAsync("insert into my_order_item (order_id, place, product_id, quantity, price) values ($1, $2, $3, $4, $5)", order.OrderId, place, item.Id, item.Quantity, item.Price);
        }

        await ExecuteAsync("insert into my_outbox (order_id) values ($1)", order.OrderId);
        await transaction.CommitAsync(stop);
        return null;

        async Task<int> ExecuteAsync(string sql, params object[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            foreach (object value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
            return await command.ExecuteNonQueryAsync(stop);
        }
    }

    public Task<List<StoredOrder>> UntoldAsync(CancellationToken stop) => ReadAsync("o.id in (select order_id from my_outbox order by order_id limit 20) and $1", true, stop);

    public async Task ToldAsync(Guid id, CancellationToken stop)
    {
        await using NpgsqlCommand delete = database.CreateCommand("delete from my_outbox where order_id = $1");
        delete.Parameters.Add(new NpgsqlParameter { Value = id });
        await delete.ExecuteNonQueryAsync(stop);
    }

    public async Task<StoredOrder?> FindAsync(Guid id) => (await ReadAsync("o.id = $1", id, default)).SingleOrDefault();

    public Task<List<StoredOrder>> OfCustomerAsync(string customerId) => ReadAsync("o.customer_id = $1", customerId, default);

    private async Task<List<StoredOrder>> ReadAsync(string condition, object value, CancellationToken stop)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            $"""
            select o.id, o.customer_id, o.placed_at, o.discount, o.amount, i.product_id, i.quantity, i.price
            from my_order o left join my_order_item i on i.order_id = o.id
            where {condition} order by o.placed_at, o.id, i.place
            """);
        read.Parameters.Add(new NpgsqlParameter { Value = value });
        var orders = new List<StoredOrder>();
        await using NpgsqlDataReader rows = await read.ExecuteReaderAsync(stop);
        while (await rows.ReadAsync(stop))
        {
            if (orders.Count == 0 || orders[^1].OrderId != rows.GetGuid(0)) orders.Add(new StoredOrder(rows.GetGuid(0), rows.GetString(1), rows.GetFieldValue<DateTimeOffset>(2), rows.GetDecimal(3), rows.GetDecimal(4), []));
            if (!rows.IsDBNull(5)) orders[^1].Items.Add(new StoredLine(rows.GetString(5), rows.GetInt32(6), rows.GetDecimal(7)));
        }

        return orders;
    }
}
