using System.Net;
using Faultline.Messaging.Transport;

namespace Faultline.Conformance.Transport;

/// <summary>How a message can be broken on its way to a queue.</summary>
public enum Breakage
{
    /// <summary>It has no id.</summary>
    NoId,

    /// <summary>It has no type.</summary>
    NoType,

    /// <summary>Its headers are no headers.</summary>
    BadHeaders,
}

/// <summary>What a suite needs of a broker besides the contract. One for each test class; the broker behind it is empty.</summary>
public abstract class TransportHarness : IAsyncLifetime
{
    /// <summary>Starts it, or a part of it that nobody else uses.</summary>
    public abstract ValueTask InitializeAsync();

    /// <summary>What the transport says of itself.</summary>
    public abstract TransportTraits Traits { get; }

    /// <summary>Where the broker listens.</summary>
    public abstract IPEndPoint Broker { get; }

    /// <summary>A transport, as a process of its own would have it, over a port of this machine.</summary>
    public abstract Task<ITransport> ConnectAsync(int port);

    /// <summary>Ends every connection to the broker, as its restart would.</summary>
    public abstract Task DropConnectionsAsync();

    /// <summary>Puts a message into a queue that no transport would send.</summary>
    public abstract Task WriteBrokenAsync(string service, Breakage breakage);

    /// <summary>How many temporary queues of a service there are.</summary>
    public abstract Task<int> TemporaryQueuesAsync(string service);

    /// <summary>How many consumers, dead or alive, the broker knows of a queue.</summary>
    public abstract Task<int> ConsumersAsync(string service);

    public abstract ValueTask DisposeAsync();
}
