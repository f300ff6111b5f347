using System.Net.Sockets;
using Faultline.Proxy.Toxics;

namespace Faultline.Proxy.Http;

/// <summary>What an HTTP session needs of the connection around it.</summary>
internal sealed record HttpWire
{
    public required Socket Client { get; init; }

    /// <summary>Downstream, to the client.</summary>
    public required ToxicStream ToClient { get; init; }

    /// <summary>Opens a connection to the upstream; null when that fails.</summary>
    public required Func<Task<(Socket Socket, ToxicStream Stream)?>> ConnectAsync { get; init; }

    /// <summary>Lets go of the stream to an upstream connection that is closed.</summary>
    public required Func<ToxicStream, Task> DropAsync { get; init; }

    /// <summary>How long a connection to the upstream may take.</summary>
    public required TimeSpan ConnectLimit { get; init; }

    /// <summary>Ends both sides.</summary>
    public required Action<StreamEnding> End { get; init; }

    public required ByteCount UpstreamBytes { get; init; }

    public required ByteCount DownstreamBytes { get; init; }

    /// <summary>The faults in force, asked for anew for each request.</summary>
    public required Func<HttpFaultSet> Faults { get; init; }

    /// <summary>Counts a request.</summary>
    public required Action CountRequest { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Cancelled when the connection ends.</summary>
    public required CancellationToken Ended { get; init; }
}
