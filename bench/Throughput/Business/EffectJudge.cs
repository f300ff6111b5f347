using Faultline.Bench.Throughput.Contenders;
using Npgsql;

namespace Faultline.Bench.Throughput.Business;

/// <summary>Judges what arrived: every committed order has exactly one effect, and the effects of a customer stand in the order of the commits.</summary>
internal static class EffectJudge
{
    private const string Orders = """
        select count(*), coalesce(sum(hashtextextended(id::text, 0)::numeric), 0)::text, 0::bigint from orders
        """;

    // The numbers of a customer count up from 1 without a gap: loss, repetition and overtaking each break the step.
    private const string Shipments = """
        select count(*), coalesce(sum(hashtextextended(order_id::text, 0)::numeric), 0)::text, count(*) filter (where number <> previous + 1)
        from (select order_id, number, lag(number, 1, 0::bigint) over (partition by customer order by position) as previous from shipments) steps
        """;

    /// <summary>What is wrong; null when nothing is.</summary>
    public static async Task<string?> JudgeAsync(Servers servers, long expected, CancellationToken stop)
    {
        (long orders, string ordersSum, _) = await ReadAsync(servers.Producer(), Orders, stop);
        (long shipments, string shipmentsSum, long outOfOrder) = await ReadAsync(servers.Consumer(), Shipments, stop);
        if (orders != expected) return $"{orders} orders were committed, {expected} were asked for";
        if (shipments != expected) return $"{shipments} effects for {expected} orders";
        if (shipmentsSum != ordersSum) return "the effects are of other orders than those that were committed";
        return outOfOrder > 0 ? $"{outOfOrder} effects are out of order" : null;
    }

    private static async Task<(long Count, string Sum, long OutOfOrder)> ReadAsync(string database, string sql, CancellationToken stop)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database);
        await using NpgsqlCommand command = source.CreateCommand(sql);
        command.CommandTimeout = 300;
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        await reader.ReadAsync(stop);
        return (reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2));
    }
}
