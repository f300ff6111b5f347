using System.Collections.Concurrent;
using Faultline.Messaging.Topology;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>Declares again what somebody has deleted, as long as this process knows how it was.</summary>
internal sealed class Repair(TopologyDeclarer declarer, PartitionCounts counts, BrokerConnector connector)
{
    private readonly ConcurrentDictionary<string, SystemTopology> _declared = [];

    /// <summary>Keeps what was declared.</summary>
    public void Learn(SystemTopology topology)
    {
        foreach (ServiceTopology service in topology.Services) _declared[service.Service] = topology;
        counts.Learn(topology.Services.Where(service => service.Consumes.Count > 0).Select(service => service.Service), topology.Partitions);
    }

    /// <summary>How many partitions a service has; its queues are there afterwards.</summary>
    /// <param name="service">The service.</param>
    /// <param name="connection">To ask with.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="partition">The partition whose queue must be there.</param>
    public async Task<int> PartitionsAsync(string service, IConnection connection, CancellationToken stop, int partition = 0)
    {
        int partitions = await counts.OfAsync(service, connection, stop);
        if (partitions > 0 && await PartitionCounts.ExistsAsync(service, partition, connection, stop)) return partitions;

        return await DeclareAsync(service, stop);
    }

    /// <summary>Declares a service and its system again, as they were declared here.</summary>
    public async Task<int> DeclareAsync(string service, CancellationToken stop)
    {
        if (!_declared.TryGetValue(service, out SystemTopology? topology) || topology.Services.First(each => each.Service == service).Consumes.Count == 0) throw NotDeclared(service);

        RabbitLog.DeclaredAgain(connector.Log, service);
        await declarer.DeclareAsync(topology, stop, broken: service);
        return topology.Partitions;
    }

    /// <summary>How many partitions a service has; nothing is declared.</summary>
    public async Task<int> FoundAsync(string service, IConnection connection, CancellationToken stop) =>
        await counts.OfAsync(service, connection, stop) is > 0 and int partitions ? partitions : throw NotDeclared(service);

    /// <summary>The exception for a service without queues.</summary>
    private static InvalidOperationException NotDeclared(string service) => new($"queue '{service}' is not declared; declare the topology first");
}
