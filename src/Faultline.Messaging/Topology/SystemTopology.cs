using Faultline.Protocol.Ledger;
using Faultline.Protocol.Services;

namespace Faultline.Messaging.Topology;

/// <summary>What one service publishes and consumes, as it declares it.</summary>
/// <param name="Service">As <c>system/service</c>. Names the exchange that it publishes to and the queue that it consumes from.</param>
/// <param name="Publishes">What it publishes.</param>
/// <param name="Consumes">What it consumes, from whichever service publishes it.</param>
public sealed record ServiceTopology(string Service, IReadOnlyList<MessageContract> Publishes, IReadOnlyList<MessageContract> Consumes);

/// <summary>
/// All exchanges, queues and bindings of a system, computed from what its services declare. Every service declares all of it at its start,
/// so the order of starting does not matter and nothing is published into the void.
/// </summary>
/// <param name="Services">The services; names are unique.</param>
/// <param name="Partitions">Partitions of each queue; 1 to 256. A key belongs to one partition, a partition to one instance at a time.</param>
public sealed record SystemTopology(IReadOnlyList<ServiceTopology> Services, int Partitions = SystemTopology.DefaultPartitions)
{
    /// <summary>Partitions of a queue unless told otherwise: so many instances of a service can share its work. On RabbitMQ each partition costs two queues.</summary>
    public const int DefaultPartitions = 8;

    /// <summary>Every way of a message type from a publisher to a consumer.</summary>
    public IReadOnlyList<Route> Routes { get; } =
    [
        .. from publisher in Services
           from published in publisher.Publishes.Select(contract => contract.Type).Distinct()
           from consumer in Services
           where consumer.Consumes.Any(contract => contract.Type == published)
           select new Route(publisher.Service, published, consumer.Service),
    ];

    /// <summary>The log that keeps the events of the system besides their queues; null when they are not kept.</summary>
    public StreamTopology? Stream { get; init; }

    /// <summary>What the stream keeps: publishers and the types that they publish.</summary>
    public IReadOnlyList<(string Publisher, string Type)> Kept =>
        Stream is null ? [] : [.. from publisher in Services from type in publisher.Publishes.Select(contract => contract.Type).Distinct() where Stream.Keeps(type) select (publisher.Service, type)];

    /// <summary>What is wrong with the declarations as a whole; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (IGrouping<string, ServiceTopology> same in Services.GroupBy(service => service.Service).Where(group => group.Count() > 1))
        {
            yield return $"service '{same.Key}' is declared {same.Count()} times";
        }

        if (Partitions is < 1 or > 256) yield return $"a queue has {Partitions} partitions; it must have 1 to 256";
        foreach (string problem in Stream?.Problems() ?? []) yield return problem;
        foreach (string type in (Stream?.Types ?? []).Where(type => Services.All(service => service.Publishes.All(published => published.Type != type))))
        {
            yield return $"the stream '{Stream?.Name}' keeps '{type}', but no service publishes it";
        }

        foreach (ServiceTopology publisher in Services)
        {
            foreach (MessageContract contract in publisher.Publishes.Where(contract => Stream?.Keeps(contract.Type) != true && Routes.All(route => route.Publisher != publisher.Service || route.Type != contract.Type)))
            {
                yield return $"'{publisher.Service}' publishes '{contract.Type}', but no service consumes it";
            }
        }

        foreach (ServiceTopology consumer in Services)
        {
            foreach (MessageContract contract in consumer.Consumes.Where(contract => Services.All(service => service.Publishes.All(published => published.Type != contract.Type))))
            {
                yield return $"'{consumer.Service}' consumes '{contract.Type}', but no service publishes it";
            }
        }
    }
}
