using System.Data.Common;
using System.Diagnostics;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Store;
using Faultline.Protocol.Services;

namespace Faultline.Messaging.Publishing;

/// <summary>Where a unit of work comes from: everything it publishes carries this on.</summary>
/// <param name="CorrelationId">The client's operation at the root of the chain; null when unknown.</param>
/// <param name="CausationId">The message that is handled; null for a request.</param>
/// <param name="Headers">Headers that travel on: those of the product.</param>
public sealed record Origin(string? CorrelationId = null, Guid? CausationId = null, IReadOnlyDictionary<string, string>? Headers = null);

/// <summary>
/// What a handler or an endpoint changes and publishes, together: all of it happens, or nothing. Not thread-safe; lives until its handler returns.
/// </summary>
public sealed class UnitOfWork
{
    private readonly IStoreUnit _store;
    private readonly Origin _origin;
    private readonly MessagingContext _context;
    private readonly UnitContents _contents;
    private readonly List<Func<CancellationToken, Task>> _completions = [];

    internal UnitOfWork(IStoreUnit store, Origin origin, MessagingContext context, UnitContents contents)
    {
        _store = store;
        _origin = origin;
        _context = context;
        _contents = contents;
    }

    /// <summary>The open connection, inside the transaction. Use it for business statements; never commit or close it.</summary>
    /// <exception cref="InvalidOperationException">In simulation there is none.</exception>
    public DbConnection Connection => _store.Connection ?? throw new InvalidOperationException("this store has no database connection");

    /// <summary>The open transaction; null while the <c>transaction</c> guard is off.</summary>
    public DbTransaction? Transaction => _store.Transaction;

    /// <summary>Adds a business statement that needs no answer: it runs before the commit, in order, without a round trip of its own.</summary>
    /// <param name="command">A command of the database's own client library.</param>
    public void Defer(DbBatchCommand command) => _store.Defer(command);

    /// <summary>Registers what must run when the handler has returned and before anything is committed, such as saving a <c>DbContext</c>.</summary>
    /// <param name="completion">What to do; a failure fails the unit.</param>
    public void OnCompleting(Func<CancellationToken, Task> completion) => _completions.Add(completion);

    /// <summary>Publishes a message if and only if the unit commits.</summary>
    /// <param name="message">The payload; its type must be declared by the service.</param>
    /// <returns>The id of the message.</returns>
    /// <exception cref="InvalidOperationException">The type is not declared, or the body is too large.</exception>
    public Guid Publish(IMessage message)
    {
        Envelope envelope = Wrap(message);
        _contents.Outgoing.Add(envelope);
        return envelope.Id;
    }

    /// <summary>Publishes a message later, once, at or after a time, if and only if the unit commits.</summary>
    /// <param name="message">The payload; its type must be declared by the service.</param>
    /// <param name="dueAt">Not before this time.</param>
    /// <param name="name">By which it can be taken back or replaced while it waits; unique in the service. Null when it cannot.</param>
    /// <returns>The id of the message.</returns>
    /// <exception cref="InvalidOperationException">The type is not declared, or the body is too large.</exception>
    public Guid Schedule(IMessage message, DateTimeOffset dueAt, string? name = null)
    {
        Envelope envelope = Wrap(message);
        if (name is not null) _contents.Scheduled.RemoveAll(scheduled => scheduled.Name == name);
        _contents.Scheduled.Add(new ScheduledMessage(envelope, dueAt, name));
        return envelope.Id;
    }

    /// <summary>Takes a scheduled message back, if it still waits, if and only if the unit commits.</summary>
    /// <param name="name">The name that it was scheduled by.</param>
    public void Cancel(string name)
    {
        // What was scheduled earlier in the same transaction is not in the store yet.
        _contents.Scheduled.RemoveAll(scheduled => scheduled.Name == name);
        _contents.Cancelled.Add(name);
    }

    /// <summary>Runs what was registered with <see cref="OnCompleting"/>.</summary>
    internal async Task CompleteAsync(CancellationToken stop)
    {
        foreach (Func<CancellationToken, Task> completion in _completions) await completion(stop);
        _completions.Clear();
    }

    private Envelope Wrap(IMessage message)
    {
        MessageContract contract = _context.Catalogue[message.GetType()];
        byte[] body = MessageCatalogue.Encode(message);
        return new Envelope
        {
            Id = _context.Ids.Next(),
            Type = contract.Type,
            Version = contract.Version,
            Key = message.Key,
            CorrelationId = _origin.CorrelationId,
            CausationId = _origin.CausationId,
            TraceParent = Activity.Current?.Id,
            Publisher = _context.Service,
            Time = _context.Time.GetUtcNow(),
            Headers = _origin.Headers ?? Envelope.EmptyHeaders,
            Digest = BodyDigest.Of(body),
            Body = body,
        };
    }
}

/// <summary>What the units of one transaction want written, in order.</summary>
internal sealed class UnitContents
{
    public List<Envelope> Outgoing { get; } = [];

    public List<ScheduledMessage> Scheduled { get; } = [];

    public List<string> Cancelled { get; } = [];
}

/// <summary>What every unit of one process shares.</summary>
/// <param name="Service">As <c>system/service</c>.</param>
/// <param name="Catalogue">The message types.</param>
/// <param name="Ids">Ids.</param>
/// <param name="Time">The clock.</param>
internal sealed record MessagingContext(string Service, MessageCatalogue Catalogue, Ids Ids, TimeProvider Time);
