using Faultline.Protocol.Faults;

namespace Faultline.Lab.Api;

/// <summary>What can be broken beside fault points, in words. Names come from the tables in code; a test holds both together.</summary>
internal static class FaultTexts
{
    private const double MillisecondsMax = 600_000;

    public static IReadOnlyDictionary<string, string> Pipelines { get; } = new Dictionary<string, string>
    {
        ["publish"] = "a message is made and stored",
        ["transaction"] = "the business change is committed",
        ["relay"] = "the message goes from the outbox to the broker",
        ["consume"] = "the message arrives and is handled",
        ["retry"] = "a failed message waits for its next attempt",
        ["deadletter"] = "a message that keeps failing is put aside",
        ["schedule"] = "a message that was planned for later is due",
        ["http"] = "services and clients call each other over HTTP",
    };

    public static IReadOnlyList<FaultParameterView> Triggers { get; } =
    [
        new("once", "bool", "the first match only"),
        new("nth", "whole", "the k-th match only") { Min = 1 },
        new("first", "whole", "the first n matches") { Min = 1 },
        new("every", "whole", "every k-th match") { Min = 1 },
        new("probability", "number", "each match with this chance") { Min = 0, Max = 1 },
        new("while", "window", "every match between two times ({ from, until })"),
    ];

    public static IReadOnlyList<WordView> Matches { get; } =
    [
        new("messageType", "only messages of this type"),
        new("key", "only messages with this ordering key: of one inquiry, ticket or order"),
        new("messageId", "only this one message"),
        new("headers", "only what carries these headers"),
        new("method", "only requests with this HTTP method"),
        new("path", "only requests to this path; a trailing * matches any rest"),
    ];

    public static IReadOnlyList<FaultKindView> Toxics { get; } = [.. ToxicForms.All.Select(form => new FaultKindView(form.Type, SaysOf(form.Type), [.. form.Attributes.Select(name => Attribute(form, name))]))];

    public static IReadOnlyList<WordView> HttpFaults { get; } = [.. ToxicForms.HttpKinds.Select(kind => new WordView(kind, SaysOfHttp(kind)))];

    public static IReadOnlyList<FaultParameterView> HttpAttributes { get; } = [.. ToxicForms.HttpAttributes.Select(HttpAttribute)];

    public static IReadOnlyList<WordView> Disruptions { get; } =
    [
        new("kill", "the process dies at once (SIGKILL); it is started again, unless it is to stay down"),
        new("pause", "the process stands still (SIGSTOP) until it is resumed: it holds its connections and answers nobody"),
        new("resume", "a paused process goes on"),
        new("stop", "the process is asked to end (SIGTERM) and stays down until it is restarted"),
        new("restart", "the process is ended, if it runs, and started"),
    ];

    private static string SaysOf(string type) => type switch
    {
        "latency" => "everything on this link takes longer",
        "bandwidth" => "the link carries only so much per second",
        "slow_close" => "connections take longer to close",
        "timeout" => "nothing passes any more, and nobody is told; after the time the connection is closed (0: never)",
        "reset_peer" => "connections break off without a word",
        "slicer" => "what is sent arrives in small pieces",
        "limit_data" => "after so many bytes the connection is closed",
        "packet_loss" => "parts of what is sent never arrive",
        ToxicForms.Corrupt => "bytes are changed on the way",
        "blackhole_upstream_connect" => "new connections are accepted and lead nowhere",
        _ => type,
    };

    private static FaultParameterView Attribute(ToxicForm form, string name)
    {
        (string says, string? unit, double? max) = (form.Type, name) switch
        {
            (_, "latency") => ("how much longer", "ms", MillisecondsMax),
            (_, "jitter") => ("up to so much more or less", "ms", MillisecondsMax),
            ("bandwidth", "rate") => ("how much passes per second", "kB/s", null),
            ("corrupt", "rate") => ("the share of bytes that is changed, 0 to 1", null, 1),
            (_, "timeout") => ("until the connection is closed", "ms", MillisecondsMax),
            ("slicer", "delay") => ("the pause between two pieces", "µs", null),
            (_, "delay") => ("how much longer", "ms", MillisecondsMax),
            (_, "average_size") => ("the size of a piece", "bytes", null),
            (_, "size_variation") => ("up to so much more or less", "bytes", null),
            (_, "bytes") => ("after how many bytes", "bytes", null),
            (_, "loss_rate") => ("the share that is lost, 0 to 1", null, 1),
            (_, "correlation") => ("how much a loss makes the next one likelier, 0 to 1", null, 1),
            _ => (name, (string?)null, (double?)null),
        };
        return new FaultParameterView(name, "number", says) { Unit = unit, Min = 0, Max = max, Required = form.Needed.Contains(name) };
    }

    private static string SaysOfHttp(string kind) => kind switch
    {
        "latency" => "the answer takes longer",
        "abort" => "the connection breaks off without an answer",
        ToxicForms.Status => "an error status is answered in place of the service",
        "truncate" => "the answer ends in the middle",
        "garbage" => "the answer is replaced by something unreadable",
        "slow_body" => "the answer trickles in",
        "duplicate" => "the request is sent more than once",
        "blackhole" => "nobody ever answers",
        _ => kind,
    };

    private static FaultParameterView HttpAttribute(string name) => name switch
    {
        "distribution" => new(name, "text", "how the time is drawn: always the same, evenly between least and most, or around a mean") { OneOf = ["fixed", "uniform", "exponential"], Default = "fixed" },
        "latency_ms" => new(name, "whole", "how much longer the answer takes") { Unit = "ms", Min = 0, Max = MillisecondsMax },
        "min_ms" => new(name, "whole", "the least that it takes longer") { Unit = "ms", Min = 0, Max = MillisecondsMax },
        "max_ms" => new(name, "whole", "the most that it takes longer") { Unit = "ms", Min = 0, Max = MillisecondsMax },
        "status" => new(name, "whole", "the status that is answered") { Min = 200, Max = 599, Default = "503" },
        "retry_after_seconds" => new(name, "whole", "after how long the client is told to try again") { Unit = "s", Min = 0 },
        "body" => new(name, "text", "what is answered"),
        "content_type" => new(name, "text", "the type of what is answered"),
        "bytes" => new(name, "whole", "after how many bytes") { Unit = "bytes", Min = 0 },
        "bytes_per_second" => new(name, "whole", "how fast the answer comes") { Unit = "bytes/s", Min = 1, Default = "1000" },
        "copies" => new(name, "whole", "how often the request is sent in all") { Min = 2, Max = 10, Default = "2" },
        _ => new(name, "text", name),
    };
}
