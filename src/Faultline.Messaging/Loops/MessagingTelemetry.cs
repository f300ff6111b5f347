using System.Diagnostics;
using System.Diagnostics.Metrics;
using Faultline.Messaging.Envelopes;

namespace Faultline.Messaging.Loops;

/// <summary>The meter and the traces of the messaging core. While nobody listens, an instrument costs a look at a field.</summary>
internal static class MessagingTelemetry
{
    private const string Name = "Faultline.Messaging";
    private const string TypeTag = "messaging.message.type", OutcomeTag = "outcome";

    /// <summary>Bounds of durations in milliseconds, each about half as much again as the one before: percentiles between them are read off in proportion.</summary>
    private static readonly InstrumentAdvice<double> Milliseconds = new()
    {
        HistogramBucketBoundaries = [0.5, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 20_000, 60_000, 300_000],
    };

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> PublishedCount = Meter.CreateCounter<long>("faultline.messages.published", "{message}", "Messages of committed transactions.");
    private static readonly Counter<long> SentCount = Meter.CreateCounter<long>("faultline.messages.sent", "{message}", "Messages that the broker confirmed.");
    private static readonly Counter<long> HandledCount = Meter.CreateCounter<long>("faultline.messages.handled", "{message}", "Ends of handlings: done, duplicate or failed.");
    private static readonly Counter<long> RedeliveredCount = Meter.CreateCounter<long>("faultline.messages.redelivered", "{message}", "Messages that were handed out or tried again.");
    private static readonly Histogram<double> HandlingTime = Meter.CreateHistogram("faultline.message.handling", "ms", "Time in the handler.", tags: null, Milliseconds);
    private static readonly Histogram<double> LatencyTime = Meter.CreateHistogram("faultline.message.latency", "ms", "From publishing to the commit of the effect.", tags: null, Milliseconds);

    /// <summary>Traces of handlings.</summary>
    public static ActivitySource Source { get; } = new(Name);

    public static bool MeasuresHandling => HandlingTime.Enabled;

    public static void Published(IReadOnlyList<Envelope> messages) => Count(PublishedCount, messages);

    public static void Sent(IReadOnlyList<Envelope> messages) => Count(SentCount, messages);

    public static void Redelivered(Envelope message) => RedeliveredCount.Add(1, new KeyValuePair<string, object?>(TypeTag, message.Type));

    public static void Duplicate(Envelope message) => HandledCount.Add(1, new(TypeTag, message.Type), new(OutcomeTag, "duplicate"));

    public static void Failed(string type) => HandledCount.Add(1, new(TypeTag, type), new(OutcomeTag, "failed"));

    public static void Handling(Envelope message, TimeSpan took) => HandlingTime.Record(took.TotalMilliseconds, new KeyValuePair<string, object?>(TypeTag, message.Type));

    /// <summary>Its effect is committed.</summary>
    public static void Done(Envelope message, DateTimeOffset now)
    {
        HandledCount.Add(1, new(TypeTag, message.Type), new(OutcomeTag, "done"));
        LatencyTime.Record(Math.Max(0, (now - message.Time).TotalMilliseconds), new KeyValuePair<string, object?>(TypeTag, message.Type));
    }

    private static void Count(Counter<long> counter, IReadOnlyList<Envelope> messages)
    {
        if (!counter.Enabled) return;
        foreach (Envelope message in messages) counter.Add(1, new KeyValuePair<string, object?>(TypeTag, message.Type));
    }
}
