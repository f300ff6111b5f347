namespace Faultline.Lab.Live;

/// <summary>How fast counters of links rise, over the last two seconds. Not thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class LinkRates(TimeProvider time)
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Queue<Reading>> _readings = [];

    private readonly record struct Reading(long At, long Requests, long Bytes);

    /// <summary>Takes a reading; null until there are two.</summary>
    public (double Requests, double Bytes)? Take(string link, long requests, long bytes)
    {
        if (!_readings.TryGetValue(link, out Queue<Reading>? readings)) _readings[link] = readings = new Queue<Reading>();
        var now = new Reading(time.GetTimestamp(), requests, bytes);
        if (readings.TryPeek(out Reading before) && before.Requests > requests) readings.Clear(); // Its system was started anew.
        while (readings.Count > 1 && time.GetElapsedTime(readings.Peek().At, now.At) > Span) readings.Dequeue();
        readings.Enqueue(now);
        Reading first = readings.Peek();
        double seconds = time.GetElapsedTime(first.At, now.At).TotalSeconds;
        return seconds < 0.1 ? null : ((now.Requests - first.Requests) / seconds, (now.Bytes - first.Bytes) / seconds);
    }

    /// <summary>Forgets links that are gone.</summary>
    public void Keep(IReadOnlySet<string> links)
    {
        foreach (string gone in _readings.Keys.Where(link => !links.Contains(link)).ToArray()) _readings.Remove(gone);
    }
}
