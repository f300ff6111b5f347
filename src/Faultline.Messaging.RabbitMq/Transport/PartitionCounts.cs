using System.Collections.Concurrent;
using Faultline.Messaging.Topology;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>How many partitions the queues of a service have: as declared here, or as found at the broker.</summary>
internal sealed class PartitionCounts
{
    private const int Guess = SystemTopology.DefaultPartitions;
    private const int Most = 256;

    private readonly ConcurrentDictionary<string, int> _known = [];

    /// <summary>Notes what was declared.</summary>
    public void Learn(IEnumerable<string> services, int partitions)
    {
        foreach (string service in services) _known[service] = partitions;
    }

    /// <summary>The number of partitions; 0 when the service has no queues.</summary>
    public async Task<int> OfAsync(string service, IConnection connection, CancellationToken stop)
    {
        if (!await ExistsAsync(service, 0, connection, stop)) return 0;
        if (_known.TryGetValue(service, out int known)) return known;

        // The queues are numbered without a gap: the first that is missing is found by halving.
        int exists = 0;
        int missing = Most;
        int probe = Guess - 1;
        while (missing - exists > 1)
        {
            if (await ExistsAsync(service, probe, connection, stop)) exists = probe;
            else missing = probe;
            probe = probe == Guess - 1 && missing == Most ? Guess : (exists + missing) / 2;
        }

        _known[service] = missing;
        return missing;
    }

    /// <summary>Whether the queue of a partition is there.</summary>
    public static async Task<bool> ExistsAsync(string service, int partition, IConnection connection, CancellationToken stop)
    {
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: stop);
        try
        {
            await channel.QueueDeclarePassiveAsync(Names.Queue(service, partition), stop);
            return true;
        }
        catch (Exception error) when (TransportFailures.CodeOf(error) == TransportFailures.NotFound)
        {
            return false;
        }
    }
}
