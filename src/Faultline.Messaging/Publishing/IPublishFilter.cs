using Faultline.Messaging.Envelopes;

namespace Faultline.Messaging.Publishing;

/// <summary>
/// A step on the way out that a service author adds: for every message of a transaction, before it is stored, in the order of registration.
/// </summary>
/// <remarks>
/// A filter may replace the message (further headers, another body: the digest is made anew), and may refuse it by throwing, which fails the transaction as a failing handler does.
/// It runs inside the open transaction, so it must be quick; it runs again when the transaction is tried again.
/// </remarks>
public interface IPublishFilter
{
    /// <summary>Looks at a message on its way out.</summary>
    /// <param name="message">The message.</param>
    /// <param name="stop">Ends a wait.</param>
    /// <returns>The message to store; the same one, or a changed copy with the same id.</returns>
    ValueTask<Envelope> PublishAsync(Envelope message, CancellationToken stop);
}
