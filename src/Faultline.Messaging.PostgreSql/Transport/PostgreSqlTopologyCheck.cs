using Faultline.Messaging.Topology;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>Compares what a queue database holds with what a system declares. It changes nothing.</summary>
public static class PostgreSqlTopologyCheck
{
    private const string Sql =
        """
        select 'exchange', name, '' from faultline_queue.exchange
        union all
        select 'queue', q.name, q.partitions || ' partitions, and rows for ' || (select count(*) from faultline_queue.partition p where p.queue_id = q.id)
        from faultline_queue.queue q where not q.temporary
        union all
        select 'binding', b.exchange, b.type || ' -> ' || q.name from faultline_queue.binding b join faultline_queue.queue q on q.id = b.queue_id where not q.temporary
        union all
        select 'stream', s.name, extract(epoch from s.age_max)::bigint || ' s, ' || s.bytes_max || ' bytes' from faultline_queue.stream s
        union all
        select 'stream binding', b.exchange, b.type || ' -> ' || s.name from faultline_queue.stream_binding b join faultline_queue.stream s on s.id = b.stream_id
        """;

    /// <summary>Compares.</summary>
    /// <param name="source">The queue database.</param>
    /// <param name="topology">All of the system.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="Messaging.Transport.TransportException">The database was not reached.</exception>
    public static Task<TopologyFindings> CompareAsync(NpgsqlDataSource source, SystemTopology topology, CancellationToken stop) => TransportFailures.TranslateIdempotentAsync("comparing the topology", async () =>
    {
        await using (NpgsqlCommand exists = source.CreateCommand("select to_regclass('faultline_queue.stream_binding') is not null"))
        {
            if (await exists.ExecuteScalarAsync(stop) is not true) return new TopologyFindings([new TopologyDifference(TopologyDifferenceKind.Missing, "the schema faultline_queue, or its newest tables,")], []);
        }

        List<(string Kind, string Name, string More)> rows = [];
        await using NpgsqlCommand command = source.CreateCommand(Sql);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop)) rows.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        return new TopologyFindings([.. Compare(rows, topology)], []);
    });

    private static IEnumerable<TopologyDifference> Compare(List<(string Kind, string Name, string More)> rows, SystemTopology topology)
    {
        string[] services = [.. topology.Services.Select(service => service.Service)];
        string[] systems = [.. services.Select(SystemOf).Distinct()];
        // A broker may serve several systems: what belongs to another is none of our business.
        string[] Found(string kind) => [.. rows.Where(row => row.Kind == kind && systems.Contains(SystemOf(row.Name))).Select(row => $"'{row.Name}'")];
        string[] declared = [.. services.Select(service => $"'{service}'")];
        string[] streams = topology.Stream is { } stream ? [$"'{stream.Name}'"] : [];
        foreach (TopologyDifference difference in (IEnumerable<TopologyDifference>)
            [
                .. TopologyFindings.Compare("exchange", declared, Found("exchange")), .. TopologyFindings.Compare("queue", declared, Found("queue")), .. TopologyFindings.Compare("stream", streams, Found("stream")),
            ])
        {
            yield return difference;
        }

        string layout = $"{topology.Partitions} partitions, and rows for {topology.Partitions}";
        foreach ((_, string name, string more) in rows.Where(row => row.Kind == "queue" && services.Contains(row.Name) && row.More != layout))
        {
            yield return new TopologyDifference(TopologyDifferenceKind.Different, $"queue '{name}'", $"has {more}; declared are {topology.Partitions}");
        }

        string bounds = topology.Stream is { } kept ? $"{(long)kept.AgeMax.TotalSeconds} s, {kept.BytesMax} bytes" : "";
        foreach ((_, string name, string more) in rows.Where(row => row.Kind == "stream" && row.Name == topology.Stream?.Name && row.More != bounds))
        {
            yield return new TopologyDifference(TopologyDifferenceKind.Different, $"stream '{name}'", $"keeps {more}; declared are {bounds}");
        }

        string[] bindings = [.. topology.Routes.Select(route => $"'{route.Publisher}' {route.Type} -> {route.Consumer}")];
        string[] keeps = [.. topology.Kept.Select(kept => $"'{kept.Publisher}' {kept.Type} -> {topology.Stream!.Name}")];
        foreach (TopologyDifference difference in TopologyFindings.Compare("binding", bindings, FoundBindings(rows, "binding", systems))) yield return difference;
        foreach (TopologyDifference difference in TopologyFindings.Compare("stream binding", keeps, FoundBindings(rows, "stream binding", systems))) yield return difference;
    }

    private static string[] FoundBindings(List<(string Kind, string Name, string More)> rows, string kind, string[] systems) =>
    [
        .. from row in rows
           where row.Kind == kind && (systems.Contains(SystemOf(row.Name)) || systems.Contains(SystemOf(row.More[(row.More.LastIndexOf(' ') + 1)..])))
           select $"'{row.Name}' {row.More}",
    ];

    private static string SystemOf(string name) => name.Split('/')[0];
}
