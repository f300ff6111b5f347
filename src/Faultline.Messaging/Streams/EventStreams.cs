using Faultline.Messaging.Envelopes;

namespace Faultline.Messaging.Streams;

/// <summary>Where a reader of a stream begins.</summary>
public abstract record StreamStart
{
    private StreamStart()
    {
    }

    /// <summary>With the oldest event that is still kept, whichever that is.</summary>
    public sealed record First : StreamStart;

    /// <summary>With the first event after now.</summary>
    public sealed record Next : StreamStart;

    /// <summary>With the event of an offset, or the first after it; it must not have been forgotten, and the stream must reach that far.</summary>
    /// <param name="Offset">From 0. One more than the last event's means the next event.</param>
    public sealed record At(long Offset) : StreamStart;
}

/// <summary>One event of a stream.</summary>
/// <param name="Offset">Its place: rises by at least 1 from event to event, and never changes.</param>
/// <param name="Message">The message; null when what is there cannot be read as one. The same message may stand in the stream more than once, with the same id: relays send again what they are not sure of.</param>
/// <param name="Malformed">Why it cannot be read; null when it can.</param>
public sealed record StreamEvent(long Offset, Envelope? Message, string? Malformed = null);

/// <summary>
/// The logs of a broker. What services publish is appended by the same send that brings it to the queues, and the broker's confirm covers both. All members are thread-safe.
/// </summary>
public interface IEventStreams
{
    /// <summary>Begins to read a stream. Any number may read it at once; reading takes nothing out.</summary>
    /// <param name="stream">The name; the topology that has it must be declared.</param>
    /// <param name="start">Where.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="StreamRangeException">The offset was forgotten, or lies behind the end; it may also come with the first read.</exception>
    /// <exception cref="InvalidOperationException">There is no such stream.</exception>
    /// <exception cref="Transport.TransportException">The broker was not reached.</exception>
    Task<IStreamReader> OpenStreamAsync(string stream, StreamStart start, CancellationToken stop);
}

/// <summary>A reader of a stream. Its members are called one after the other.</summary>
public interface IStreamReader : IAsyncDisposable
{
    /// <summary>Waits for events, and returns those that are there: at least one, in the order of their offsets.</summary>
    /// <param name="stop">Ends the wait; nothing is lost by that.</param>
    /// <exception cref="StreamRangeException">What comes next was forgotten before it was read.</exception>
    /// <exception cref="Transport.TransportException">The broker was not reached; the next call goes on where this one was.</exception>
    Task<IReadOnlyList<StreamEvent>> ReadAsync(CancellationToken stop);
}

/// <summary>A reader asked for events that the stream does not hold: never silently left out.</summary>
public sealed class StreamRangeException : Exception
{
    private StreamRangeException(string message, long requested)
        : base(message) => Requested = requested;

    /// <summary>The offset that was asked for.</summary>
    public long Requested { get; }

    /// <summary>The offset was forgotten.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="requested">The offset.</param>
    /// <param name="first">The oldest that is kept.</param>
    public static StreamRangeException Forgotten(string stream, long requested, long first) => new(
        $"the stream '{stream}' holds nothing before offset {first} any more, and offset {requested} was asked for: {first - requested} offsets were forgotten. Begin anew with what is kept (StreamStart.First), and keep more (AgeMax, BytesMax) if that is too little",
        requested);

    /// <summary>The stream does not reach that far.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="requested">The offset.</param>
    /// <param name="next">The offset of the next event.</param>
    public static StreamRangeException BehindTheEnd(string stream, long requested, long next) => new(
        $"the stream '{stream}' ends before offset {next}, and offset {requested} was asked for: it is another stream than the one that was read, for example one that was made anew. Rebuild what was made from it", requested);
}
