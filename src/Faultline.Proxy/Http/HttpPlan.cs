using Faultline.Triggers;

namespace Faultline.Proxy.Http;

/// <summary>What becomes of a request or a reply.</summary>
internal enum HttpOutcome
{
    /// <summary>It goes on, perhaps late or changed.</summary>
    Pass,

    /// <summary>The client's connection is reset.</summary>
    Abort,

    /// <summary>The client gets an answer of our own.</summary>
    Answer,

    /// <summary>The client gets nothing, for as long as it waits.</summary>
    Blackhole,
}

/// <summary>An answer of our own.</summary>
internal sealed record HttpAnswer(int Status, string ContentType, byte[] Body, int? RetryAfterSeconds);

/// <summary>A wait, which ends early when its fault is removed.</summary>
internal readonly record struct HttpWait(TimeSpan Time, CancellationToken Removed);

/// <summary>What the faults that fired do to one request before, or to its reply after, the upstream's work. They are put together here; the session acts.</summary>
internal sealed class HttpPlan
{
    public static readonly HttpPlan Nothing = new();

    public List<HttpWait> Waits { get; } = [];

    public HttpOutcome Outcome { get; private set; }

    public HttpAnswer? Answer { get; private set; }

    /// <summary>Ends a black hole.</summary>
    public CancellationToken Removed { get; private set; }

    /// <summary>After how many bytes of the body the message is cut; negative means half of it.</summary>
    public int? CutAfterBytes { get; set; }

    public double? BytesPerSecond { get; set; }

    /// <summary>Draws the bytes that stand in for the body.</summary>
    public Dice? Garbage { get; set; }

    public int Copies { get; set; } = 1;

    public bool ChangesBody => CutAfterBytes is not null || BytesPerSecond is not null || Garbage is not null;

    /// <summary>Decides the outcome; the first fault that decides it wins.</summary>
    public void Decide(HttpOutcome outcome, HttpAnswer? answer = null, CancellationToken removed = default)
    {
        if (Outcome is not HttpOutcome.Pass) return;

        Outcome = outcome;
        Answer = answer;
        Removed = removed;
    }
}
