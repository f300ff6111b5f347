namespace Faultline.Messaging.Envelopes;

/// <summary>Makes ids: UUIDv7 (RFC 9562), whose first 48 bits are the time in milliseconds, so that an index of them grows at its end. Thread-safe.</summary>
/// <param name="time">The clock.</param>
public sealed class Ids(TimeProvider time)
{
    /// <summary>A new id.</summary>
#pragma warning disable RS0030 // The one place that may draw an id: the time comes from the clock that was given.
    public Guid Next() => Guid.CreateVersion7(time.GetUtcNow());
#pragma warning restore RS0030
}
