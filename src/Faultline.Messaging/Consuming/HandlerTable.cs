using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;

namespace Faultline.Messaging.Consuming;

/// <summary>Which handler takes which type. Built once at start; safe for all threads.</summary>
public sealed class HandlerTable
{
    private readonly Dictionary<Type, Entry> _entries = [];

    private sealed record Entry(Func<IMessage, Envelope, CancellationToken, Task<object?>>? Prepare, Func<IMessage, Handling, CancellationToken, Task> Handle);

    /// <summary>Adds a handler.</summary>
    /// <typeparam name="TMessage">The payload.</typeparam>
    /// <param name="handler">The handler.</param>
    /// <exception cref="ArgumentException">There is one for this type already.</exception>
    public void Add<TMessage>(IHandler<TMessage> handler)
        where TMessage : IMessage
    {
        var entry = new Entry(
            handler is IPreparingHandler<TMessage> preparing ? (message, envelope, stop) => preparing.PrepareAsync((TMessage)message, envelope, stop) : null,
            (message, handling, stop) => handler.HandleAsync((TMessage)message, handling, stop));
        if (!_entries.TryAdd(typeof(TMessage), entry)) throw new ArgumentException($"{typeof(TMessage).Name} has a handler already; a service handles a type in one place", nameof(handler));
    }

    /// <summary>The types that are handled.</summary>
    public IReadOnlyCollection<Type> Messages => _entries.Keys;

    internal bool Prepares(IMessage message) => _entries.TryGetValue(message.GetType(), out Entry? entry) && entry.Prepare is not null;

    internal Task<object?> PrepareAsync(IMessage message, Envelope envelope, CancellationToken stop) => EntryOf(message).Prepare!(message, envelope, stop);

    internal Task HandleAsync(IMessage message, Handling handling, CancellationToken stop) => EntryOf(message).Handle(message, handling, stop);

    private Entry EntryOf(IMessage message) => _entries.TryGetValue(message.GetType(), out Entry? entry)
        ? entry
        : throw new UndecodableException($"{message.GetType().Name} arrived, but this service has no handler for it");
}
