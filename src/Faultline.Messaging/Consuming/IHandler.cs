using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;

namespace Faultline.Messaging.Consuming;

/// <summary>Handles one type of message. One instance serves all messages of a process, so it holds no state of its own.</summary>
/// <typeparam name="TMessage">The payload.</typeparam>
public interface IHandler<in TMessage>
    where TMessage : IMessage
{
    /// <summary>
    /// Changes data and publishes through the handling's unit of work. It runs inside the transaction, and again when that is undone: whatever it does outside the database
    /// must be safe to repeat. An exception undoes everything and is tried again; a <see cref="LastingFailureException"/> is not.
    /// </summary>
    /// <param name="message">The payload.</param>
    /// <param name="handling">The message as it arrived, and the unit of work.</param>
    /// <param name="stop">The process is ending.</param>
    Task HandleAsync(TMessage message, Handling handling, CancellationToken stop);
}

/// <summary>A handler with slow work that must not hold a transaction open, such as a call to another service.</summary>
/// <typeparam name="TMessage">The payload.</typeparam>
public interface IPreparingHandler<in TMessage> : IHandler<TMessage>
    where TMessage : IMessage
{
    /// <summary>Does the slow part, before the transaction is opened; its result is <see cref="Handling.Prepared"/> then. It may run several times for one message.</summary>
    /// <param name="message">The payload.</param>
    /// <param name="envelope">The message as it arrived.</param>
    /// <param name="stop">The process is ending.</param>
    Task<object?> PrepareAsync(TMessage message, Envelope envelope, CancellationToken stop);
}

/// <summary>One message in the hands of its handler.</summary>
/// <param name="Message">The message as it arrived.</param>
/// <param name="Attempt">Which attempt this is, counted from 1.</param>
/// <param name="Unit">What the handler changes and publishes.</param>
/// <param name="Prepared">What <see cref="IPreparingHandler{TMessage}.PrepareAsync"/> returned.</param>
public sealed record Handling(Envelope Message, int Attempt, UnitOfWork Unit, object? Prepared);

/// <summary>Thrown by a handler when trying again cannot help: the message goes to the dead letters at once.</summary>
public sealed class LastingFailureException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="message">Why.</param>
    /// <param name="cause">What was behind it.</param>
    public LastingFailureException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>
/// A step around every handler that a service author adds, inside the transaction, in the order of registration: the first registered is the outermost.
/// </summary>
/// <remarks>An exception fails the message as a failing handler does. A filter that does not call <c>next</c> leaves the message without effect, and it counts as handled.</remarks>
public interface IConsumeFilter
{
    /// <summary>Surrounds the handling of a message.</summary>
    /// <param name="handling">The message and the unit of work.</param>
    /// <param name="next">The rest.</param>
    /// <param name="stop">The process is ending.</param>
    Task ConsumeAsync(Handling handling, Func<Task> next, CancellationToken stop);
}
