using Faultline.Triggers;

namespace Faultline.Proxy.Http;

/// <summary>An HTTP fault as somebody asks for it.</summary>
public sealed record HttpFaultConfig
{
    /// <summary>The name, unique on its link.</summary>
    /// <value>Null: the kind and the phase, as in <c>status_before</c>.</value>
    public string? Name { get; init; }

    /// <summary>The kinds: abort, blackhole, duplicate, garbage, latency, slow_body, status or truncate. Of several, one is picked at each firing, each equally likely.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>Before or after the upstream's work.</summary>
    public HttpPhase When { get; init; } = HttpPhase.Before;

    /// <summary>Which requests: method, path and headers.</summary>
    /// <value>Every request.</value>
    public Matcher Match { get; init; } = new();

    /// <summary>When it fires among the requests that match.</summary>
    /// <value>Always.</value>
    public TriggerRule Trigger { get; init; } = new TriggerRule.Always();

    /// <summary>Details of the kinds.</summary>
    public HttpFaultSettings Settings { get; init; } = new();

    /// <summary>When it goes away by itself.</summary>
    /// <value>Null: it stays until it is removed.</value>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Decides its random choices.</summary>
    /// <value>Null: derived from the seed of the proxy, the link and the name.</value>
    public ulong? Seed { get; init; }
}
