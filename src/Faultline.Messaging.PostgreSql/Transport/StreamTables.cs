using Faultline.Messaging.Topology;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>Brings the stream of a system and its bindings to what is declared.</summary>
internal static class StreamTables
{
    private const string AddStream =
        """
        insert into faultline_queue.stream (name, age_max, bytes_max) values ($1, $2, $3)
        on conflict (name) do update set age_max = excluded.age_max, bytes_max = excluded.bytes_max
        where (stream.age_max, stream.bytes_max) is distinct from (excluded.age_max, excluded.bytes_max)
        """;

    private const string AddBindings =
        """
        insert into faultline_queue.stream_binding (exchange, type, stream_id)
        select w.exchange, w.type, s.id from unnest($1::text[], $2::text[]) as w (exchange, type) join faultline_queue.stream s on s.name = $3
        on conflict do nothing
        """;

    // A stream that is declared no more keeps what it holds, and gets nothing further.
    private const string RemoveBindings =
        """
        delete from faultline_queue.stream_binding b using faultline_queue.stream s
        where s.id = b.stream_id and b.exchange = any($3)
          and not exists (select from unnest($1::text[], $2::text[]) as w (exchange, type) where w.exchange = b.exchange and w.type = b.type and s.name = $4)
        """;

    /// <summary>Adds the statements for a system; its exchanges must be there.</summary>
    public static void AddTo(NpgsqlBatch batch, SystemTopology topology)
    {
        string name = topology.Stream?.Name ?? "";
        string[] exchanges = [.. topology.Kept.Select(kept => kept.Publisher)];
        string[] types = [.. topology.Kept.Select(kept => kept.Type)];
        if (topology.Stream is { } stream) batch.Add(AddStream, name, stream.AgeMax, stream.BytesMax);
        batch.Add(RemoveBindings, exchanges, types, topology.Services.Select(service => service.Service).ToArray(), name);
        batch.Add(AddBindings, exchanges, types, name);
    }
}
