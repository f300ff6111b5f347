using System.Data.Common;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;

namespace Faultline.Messaging.Streams;

/// <summary>One event in the hands of a projection.</summary>
/// <param name="Offset">Its place in the stream.</param>
/// <param name="Message">The message as it was published.</param>
/// <param name="Connection">The open connection of the projection's database; never commit or close it.</param>
/// <param name="Transaction">The transaction, which also stores the offset.</param>
public sealed record ProjectedEvent(long Offset, Envelope Message, DbConnection Connection, DbTransaction Transaction);

/// <summary>
/// Rows that are made from the events of a stream, and can be made again from them. A service author derives from it, says with <see cref="On"/> what each message changes, and with
/// <see cref="ClearAsync"/> how to begin anew. The changes and the offset commit together, so each event has its effect once.
/// </summary>
/// <remarks>What it changes may depend on the events and its own rows only, never on clock, chance or other tables: then a rebuild gives the same rows.</remarks>
public abstract class Projection
{
    private readonly Dictionary<Type, Func<object, ProjectedEvent, CancellationToken, Task>> _changes = [];

    /// <summary>Creates it.</summary>
    /// <param name="name">Unique in its service; its offset is stored under it.</param>
    protected Projection(string name) => Name = name;

    /// <summary>Unique in its service.</summary>
    public string Name { get; }

    /// <summary>Where it begins when it has no offset yet, and when it is rebuilt.</summary>
    /// <value>Offset 0: everything that ever happened; a stream that has forgotten its beginning is then refused. <see cref="StreamStart.First"/> begins with what is kept.</value>
    public virtual StreamStart Start { get; } = new StreamStart.At(0);

    /// <summary>The CLR types of the messages that change it.</summary>
    public IReadOnlyCollection<Type> Messages => _changes.Keys;

    /// <summary>Removes all of its rows, so that it can be built anew.</summary>
    /// <param name="connection">The open connection, inside a transaction.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="stop">Ends the wait.</param>
    public abstract Task ClearAsync(DbConnection connection, DbTransaction transaction, CancellationToken stop);

    /// <summary>Says what a message changes; messages without a change are passed over.</summary>
    /// <typeparam name="TMessage">The payload.</typeparam>
    /// <param name="change">Changes rows on the connection of the event.</param>
    protected void On<TMessage>(Func<TMessage, ProjectedEvent, CancellationToken, Task> change)
        where TMessage : IMessage => _changes.Add(typeof(TMessage), (message, projected, stop) => change((TMessage)message, projected, stop));

    internal Task ChangeAsync(IMessage message, ProjectedEvent projected, CancellationToken stop) => _changes[message.GetType()](message, projected, stop);
}
