namespace Faultline.Proxy.Toxics;

/// <summary>A toxic as somebody asks for it.</summary>
public sealed record ToxicConfig
{
    /// <summary>The name, unique on its link.</summary>
    /// <value>Null: the type and the stream, as in <c>latency_downstream</c>.</value>
    public string? Name { get; init; }

    /// <summary>The kind: latency, bandwidth, slow_close, timeout, reset_peer, slicer, limit_data, packet_loss, corrupt or blackhole_upstream_connect.</summary>
    public required string Type { get; init; }

    /// <summary>Which direction it acts on.</summary>
    /// <value>Downstream.</value>
    public StreamSide Stream { get; init; } = StreamSide.Downstream;

    /// <summary>The share of connections that it acts on; which ones, the seed decides.</summary>
    /// <value>1; from 0 to 1.</value>
    public double Toxicity { get; init; } = 1;

    /// <summary>The attributes of its kind; those left out have their default.</summary>
    public IReadOnlyDictionary<string, double> Attributes { get; init; } = new Dictionary<string, double>();

    /// <summary>When it goes away by itself.</summary>
    /// <value>Null: it stays until it is removed.</value>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Decides its random choices.</summary>
    /// <value>Null: derived from the seed of the proxy, the link and the name.</value>
    public ulong? Seed { get; init; }
}
