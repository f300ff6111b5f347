using Faultline.Proxy.Http;
using Faultline.Proxy.Toxics;

namespace Faultline.Proxy.Links;

/// <summary>A link as somebody asks for it: what the Toxiproxy API calls a proxy.</summary>
public sealed record LinkConfig
{
    /// <summary>The name, unique in its proxy.</summary>
    public required string Name { get; init; }

    /// <summary>Where clients connect, as <c>host:port</c>; port 0 is a free one.</summary>
    /// <value>A free port of 127.0.0.1.</value>
    public string Listen { get; init; } = "";

    /// <summary>Where the upstream is, as <c>host:port</c>.</summary>
    public required string Upstream { get; init; }

    /// <summary>Whether it lets clients connect.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Whether it reads what passes as HTTP/1.x, so that HTTP faults can act.</summary>
    public bool IsHttp { get; init; }

    /// <summary>Paths of requests that no HTTP fault touches, such as health checks; a trailing <c>*</c> is any rest.</summary>
    public IReadOnlyList<string> ExemptPaths { get; init; } = [];

    /// <summary>The toxics that it begins with.</summary>
    public IReadOnlyList<ToxicConfig> Toxics { get; init; } = [];

    /// <summary>The HTTP faults that it begins with.</summary>
    public IReadOnlyList<HttpFaultConfig> HttpFaults { get; init; } = [];
}
