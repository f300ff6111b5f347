namespace Faultline.Lab.Telemetry;

/// <summary>A figure as a person reads it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Unit">1/s, ms, s, bytes, percent, or empty for a plain number.</param>
internal sealed record SeriesTitle(string Name, string Title, string Unit);

/// <summary>The names of the figures that are kept over time.</summary>
internal static class SeriesNames
{
    public const string Published = "published", Sent = "sent", Handled = "handled", Failed = "failed", Duplicates = "duplicates", Redelivered = "redelivered";
    public const string Latency = "latency", Handling = "handling", Requests = "requests", RequestsFailed = "requests.failed", RequestTime = "requests.time";
    public const string QueueDepth = "queue.depth", QueueAge = "queue.age", OutboxDepth = "outbox.depth", OutboxLag = "outbox.lag", Parked = "parked", DeadLetters = "deadletters";
    public const string Cpu = "cpu", Memory = "memory";

    private const string PerSecond = "1/s";

    private static readonly Dictionary<string, SeriesTitle> ByName = new[]
    {
        new SeriesTitle(Published, "Messages published", PerSecond), new SeriesTitle(Sent, "Messages that the broker confirmed", PerSecond), new SeriesTitle(Handled, "Messages handled", PerSecond), new SeriesTitle(Failed, "Attempts that failed", PerSecond),
        new SeriesTitle(Duplicates, "Duplicates that the inbox refused", PerSecond), new SeriesTitle(Redelivered, "Redeliveries and retries", PerSecond),
        new SeriesTitle(Latency, "From publishing to the commit of the effect", "ms"), new SeriesTitle(Handling, "Time in the handler", "ms"),
        new SeriesTitle(Requests, "HTTP requests", PerSecond), new SeriesTitle(RequestsFailed, "HTTP requests that failed", PerSecond), new SeriesTitle(RequestTime, "HTTP requests, time to the reply", "ms"),
        new SeriesTitle(QueueDepth, "Messages in the queue", ""), new SeriesTitle(QueueAge, "Age of the oldest message in the queue", "s"),
        new SeriesTitle(OutboxDepth, "Messages in the outbox", ""), new SeriesTitle(OutboxLag, "Age of the oldest message in the outbox", "s"),
        new SeriesTitle(Parked, "Messages parked for a retry", ""), new SeriesTitle(DeadLetters, "Dead letters", ""),
        new SeriesTitle(Cpu, "Processor time", "percent"), new SeriesTitle(Memory, "Private memory", "bytes"),
    }.ToDictionary(title => title.Name);

    public static SeriesTitle Of(string name) => ByName.GetValueOrDefault(name) ?? new SeriesTitle(name, name, "");
}
