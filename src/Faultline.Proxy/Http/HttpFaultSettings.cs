namespace Faultline.Proxy.Http;

/// <summary>What an HTTP fault does in detail; which of these a kind reads is said with each.</summary>
public sealed record HttpFaultSettings
{
    /// <summary><c>latency</c>: fixed, uniform or exponential.</summary>
    /// <value>Null: fixed.</value>
    public string? Distribution { get; init; }

    /// <summary><c>latency</c>: how long, in milliseconds; the mean when exponential.</summary>
    public double? LatencyMs { get; init; }

    /// <summary><c>latency</c>, uniform: the least, in milliseconds.</summary>
    /// <value>Null: 0.</value>
    public double? MinMs { get; init; }

    /// <summary><c>latency</c>, uniform: the most, in milliseconds.</summary>
    public double? MaxMs { get; init; }

    /// <summary><c>status</c>: the code, 200 to 599.</summary>
    /// <value>Null: 503.</value>
    public int? Status { get; init; }

    /// <summary><c>status</c>: seconds for the header <c>Retry-After</c>.</summary>
    /// <value>Null: no such header.</value>
    public int? RetryAfterSeconds { get; init; }

    /// <summary><c>status</c>: the body.</summary>
    /// <value>Null: empty.</value>
    public string? Body { get; init; }

    /// <summary><c>status</c>: the type of the body.</summary>
    /// <value>Null: text/plain.</value>
    public string? ContentType { get; init; }

    /// <summary><c>truncate</c>: how many bytes of the body pass; <c>garbage</c> before: how many bytes come.</summary>
    /// <value>Null: half of the body; 256 for garbage.</value>
    public int? Bytes { get; init; }

    /// <summary><c>slow_body</c>: how many bytes pass in a second.</summary>
    /// <value>Null: 1,000.</value>
    public double? BytesPerSecond { get; init; }

    /// <summary><c>duplicate</c>: how often the request is sent in all, 2 to 10.</summary>
    /// <value>Null: 2.</value>
    public int? Copies { get; init; }
}
