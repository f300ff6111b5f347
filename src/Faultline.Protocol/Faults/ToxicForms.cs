namespace Faultline.Protocol.Faults;

/// <summary>A kind of toxic as an experiment may write it.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Attributes">The names of its attributes.</param>
/// <param name="Needed">Those without which it does nothing.</param>
public sealed record ToxicForm(string Type, IReadOnlyList<string> Attributes, IReadOnlyList<string> Needed);

/// <summary>Every kind of toxic and of HTTP fault that links know; the fault proxy has the same, and a test holds them together.</summary>
public static class ToxicForms
{
    /// <summary>Bytes are changed on the way.</summary>
    public const string Corrupt = "corrupt";

    /// <summary>Bytes vanish on the way.</summary>
    public const string PacketLoss = "packet_loss";

    /// <summary>What goes to the server.</summary>
    public const string Upstream = "upstream";

    /// <summary>Own replies in place of the service's.</summary>
    public const string Status = "status";

    /// <summary>The kinds of toxics.</summary>
    public static IReadOnlyList<ToxicForm> All { get; } =
    [
        new("latency", ["latency", "jitter"], ["latency"]),
        new("bandwidth", ["rate"], ["rate"]),
        new("slow_close", ["delay"], ["delay"]),
        new("timeout", ["timeout"], []),
        new("reset_peer", ["timeout"], []),
        new("slicer", ["average_size", "size_variation", "delay"], ["average_size"]),
        new("limit_data", ["bytes"], ["bytes"]),
        new(PacketLoss, ["loss_rate", "correlation"], ["loss_rate"]),
        new(Corrupt, ["rate"], ["rate"]),
        new("blackhole_upstream_connect", [], []),
    ];

    /// <summary>The names of the kinds of toxics.</summary>
    public static IReadOnlyList<string> Types { get; } = [.. All.Select(form => form.Type)];

    /// <summary>The directions of a stream.</summary>
    public static IReadOnlyList<string> Streams { get; } = ["downstream", Upstream];

    /// <summary>The kinds of HTTP faults.</summary>
    public static IReadOnlyList<string> HttpKinds { get; } = ["latency", "abort", Status, "truncate", "garbage", "slow_body", "duplicate", "blackhole"];

    /// <summary>When an HTTP fault acts.</summary>
    public static IReadOnlyList<string> HttpPhases { get; } = ["before", "after"];

    /// <summary>The attributes of HTTP faults.</summary>
    public static IReadOnlyList<string> HttpAttributes { get; } =
        ["distribution", "latency_ms", "min_ms", "max_ms", "status", "retry_after_seconds", "body", "content_type", "bytes", "bytes_per_second", "copies"];

    /// <summary>Finds a kind of toxic.</summary>
    /// <param name="type">Its name.</param>
    public static ToxicForm? Find(string? type) => All.FirstOrDefault(form => form.Type == type);
}
