namespace Faultline.Proxy.Toxics;

/// <summary>One of the two directions of a connection.</summary>
public enum StreamSide
{
    /// <summary>From the client to the upstream.</summary>
    Upstream,

    /// <summary>From the upstream to the client.</summary>
    Downstream,
}

/// <summary>Names of the directions, as the API writes them.</summary>
internal static class StreamSides
{
    public static string NameOf(StreamSide side) => side is StreamSide.Upstream ? "upstream" : "downstream";

    public static StreamSide? Find(string name) => name.ToLowerInvariant() switch
    {
        "upstream" => StreamSide.Upstream,
        "downstream" => StreamSide.Downstream,
        _ => null,
    };
}
