using Faultline.Messaging.Envelopes;

namespace Faultline.Messaging.Store;

/// <summary>
/// The tables of the messaging core in a service's own database. A border: PostgreSQL in production, a model of it in simulation. Thread-safe.
/// Every method that throws <see cref="StoreException"/> leaves the outcome unknown unless it says otherwise.
/// </summary>
public interface IMessageStore
{
    /// <summary>Begins a business transaction.</summary>
    /// <param name="transactional">False when the <c>transaction</c> guard is off: every statement commits alone.</param>
    /// <param name="stop">Ends the wait.</param>
    ValueTask<IStoreUnit> BeginAsync(bool transactional, CancellationToken stop);

    /// <summary>Reads outbox rows that can be seen now and could not be seen by the read before.</summary>
    /// <param name="read">From where.</param>
    /// <param name="stop">Ends the wait.</param>
    Task<OutboxPage> ReadOutboxAsync(OutboxRead read, CancellationToken stop);

    /// <summary>Removes outbox rows, in the session of the leader: a leader that was deposed cannot.</summary>
    /// <param name="ids">Their ids.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="DeposedException">This instance leads no more.</exception>
    Task DeleteOutboxAsync(IReadOnlyList<long> ids, CancellationToken stop);

    /// <summary>Moves outbox rows that no queue wants to the dead letters, in one transaction, in the session of the leader.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="reason">Why.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="DeposedException">This instance leads no more.</exception>
    Task DeadLetterOutboxAsync(IReadOnlyList<OutboxRow> rows, string reason, CancellationToken stop);

    /// <summary>Publishes scheduled messages that are due: each moves from the schedule to the outbox in one transaction, hence once.</summary>
    /// <param name="fire">Which.</param>
    /// <param name="stop">Ends the wait.</param>
    Task FireScheduledAsync(ScheduleFire fire, CancellationToken stop);

    /// <summary>Scheduled messages in the order of their time.</summary>
    /// <param name="rowsMax">At most this many.</param>
    /// <param name="stop">Ends the wait.</param>
    Task<IReadOnlyList<ScheduledRow>> ReadScheduleAsync(int rowsMax, CancellationToken stop);

    /// <summary>Becomes the owner of partitions: raises their epochs, after which no transaction of an earlier owner can commit.</summary>
    /// <param name="partitions">Which.</param>
    /// <param name="instance">Who.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The new epochs, and the keys in them that wait for a retry.</returns>
    Task<Ownership> TakePartitionsAsync(IReadOnlyList<int> partitions, string instance, CancellationToken stop);

    /// <summary>The keys with parked rows in some partitions.</summary>
    /// <param name="partitions">Which partitions.</param>
    /// <param name="stop">Ends the wait.</param>
    Task<IReadOnlyList<ParkedLane>> ReadLanesAsync(IReadOnlyList<int> partitions, CancellationToken stop);

    /// <summary>Counts a handling that is about to begin alone, durably: only a crash while alone says that the message itself is to blame.</summary>
    /// <param name="messageId">The message.</param>
    /// <param name="survived">Handlings that this process began and is known to have survived, and could not take back: they do not count.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>How many handlings began before and neither succeeded nor failed: the process died in them.</returns>
    Task<int> BeginAloneAsync(Guid messageId, int survived, CancellationToken stop);

    /// <summary>Takes back one <see cref="BeginAloneAsync"/>: the handling ended without a verdict on the message, and the process lives.</summary>
    /// <param name="messageId">The message.</param>
    /// <param name="stop">Ends the wait.</param>
    Task EndAloneAsync(Guid messageId, CancellationToken stop);

    /// <summary>Parks deliveries for a retry, behind what is parked of their keys. Parking twice changes nothing.</summary>
    /// <param name="rows">What to park.</param>
    /// <param name="stop">Ends the wait.</param>
    Task ParkAsync(IReadOnlyList<ParkRequest> rows, CancellationToken stop);

    /// <summary>The oldest parked rows of a key, or one row by its message when it has no key.</summary>
    /// <param name="lane">Which key.</param>
    /// <param name="rowsMax">At most this many.</param>
    /// <param name="stop">Ends the wait.</param>
    Task<IReadOnlyList<ParkedRow>> ReadParkedAsync(ParkedLane lane, int rowsMax, CancellationToken stop);

    /// <summary>Notes that a parked message failed once more, and when it is due again.</summary>
    /// <param name="row">The row, with its new attempt, due time and history.</param>
    /// <param name="stop">Ends the wait.</param>
    Task ReparkAsync(ParkedRow row, CancellationToken stop);

    /// <summary>
    /// Moves a message to the dead letters, and out of the parked rows if it is there, in one transaction. Doing it twice changes nothing. A message that the inbox knows
    /// was handled after all, by a commit whose outcome nobody learnt: it only leaves the parked rows.
    /// </summary>
    /// <param name="letter">The message and why.</param>
    /// <param name="stop">Ends the wait.</param>
    Task DeadLetterAsync(DeadLetterRequest letter, CancellationToken stop);

    /// <summary>Removes a parked message without a trace: the fault kind <c>swallow</c> at the move to the dead letters, and nothing else, does this.</summary>
    /// <param name="messageId">The message.</param>
    /// <param name="stop">Ends the wait.</param>
    Task ForgetParkedAsync(Guid messageId, CancellationToken stop);

    /// <summary>Counts messages that a storm injected and that were handled and rolled back.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="stop">Ends the wait.</param>
    Task CountInjectedAsync(IReadOnlyList<Envelope> messages, CancellationToken stop);

    /// <summary>Removes a small batch of what is only remembered for a time: inbox, audit, replies kept for repeated requests, counts of handlings that nobody ended.</summary>
    /// <param name="olderThan">How long a row is kept.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>How many are gone.</returns>
    Task<int> TrimAsync(TimeSpan olderThan, CancellationToken stop);
}

/// <summary>One business transaction. Not thread-safe. Disposing without a commit undoes it.</summary>
public interface IStoreUnit : IAsyncDisposable
{
    /// <summary>The open connection, for business statements; null in simulation.</summary>
    System.Data.Common.DbConnection? Connection { get; }

    /// <summary>The open transaction; null when every statement commits alone, and in simulation.</summary>
    System.Data.Common.DbTransaction? Transaction { get; }

    /// <summary>Checks that this instance still owns the partitions, and notes messages in the inbox.</summary>
    /// <param name="entry">What enters.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>For each message, in order, whether it is new.</returns>
    /// <exception cref="FencedException">Another instance owns a partition now; nothing may be done here.</exception>
    Task<bool[]> EnterAsync(InboxEntry entry, CancellationToken stop);

    /// <summary>Adds a statement that runs with the flush, in order, without a round trip of its own.</summary>
    /// <param name="command">A command of the store's own client library.</param>
    void Defer(System.Data.Common.DbBatchCommand command);

    /// <summary>Runs what was deferred, then writes messages: locks the slots of their keys in order, so that id order is commit order within a key; then outbox, schedule and audit rows.</summary>
    /// <param name="flush">What to write. Called once, last before the commit.</param>
    /// <param name="stop">Ends the wait.</param>
    Task FlushAsync(UnitFlush flush, CancellationToken stop);

    /// <summary>Commits.</summary>
    /// <param name="stop">Ends the wait; the outcome is unknown then.</param>
    Task CommitAsync(CancellationToken stop);

    /// <summary>Flushes and commits at once, where nothing has to happen in between: in one round trip where the store can.</summary>
    /// <param name="flush">What to write.</param>
    /// <param name="stop">Ends the wait; the outcome is unknown then.</param>
    async Task FlushAndCommitAsync(UnitFlush flush, CancellationToken stop)
    {
        await FlushAsync(flush, stop);
        await CommitAsync(stop);
    }
}

/// <summary>A row of the outbox.</summary>
/// <param name="Id">Its position; within a key it rises in the order of commits.</param>
/// <param name="Message">The message.</param>
public sealed record OutboxRow(long Id, Envelope Message);

/// <summary>Which transactions had ended at a moment, and which had not.</summary>
/// <param name="End">No transaction with this number or a higher one had ended.</param>
/// <param name="Running">The lower ones that had not.</param>
public sealed record OutboxSnapshot(ulong End, IReadOnlyList<ulong> Running)
{
    /// <summary>Before the first transaction.</summary>
    public static OutboxSnapshot Nothing { get; } = new(0, []);

    /// <summary>Whether a transaction had ended.</summary>
    /// <param name="transaction">Its number.</param>
    public bool Saw(ulong transaction) => transaction < End && !Running.Contains(transaction);
}

/// <summary>Which outbox rows to read: those with ids above a position, and those up to it whose transactions an earlier read could not see yet.</summary>
/// <param name="After">The position: every row up to it that could be seen then has been read.</param>
/// <param name="Seen">What the read that came so far could see.</param>
/// <param name="RowsMax">At most this many.</param>
public sealed record OutboxRead(long After, OutboxSnapshot Seen, int RowsMax);

/// <summary>Outbox rows that were read.</summary>
/// <param name="Rows">In the order of their ids. Where not all fit, those with the highest ids are left for the next read.</param>
/// <param name="Seen">What could be seen when the read began; null when more rows had become visible late than fit: then there are no rows, and the next read must begin at the start.</param>
public sealed record OutboxPage(IReadOnlyList<OutboxRow> Rows, OutboxSnapshot? Seen);

/// <summary>A scheduled message that waits.</summary>
/// <param name="Message">The message; its id identifies the row.</param>
/// <param name="DueAt">Not before this time.</param>
public sealed record ScheduledRow(Envelope Message, DateTimeOffset DueAt);

/// <summary>Scheduled messages to publish now.</summary>
/// <param name="Due">Messages that move to the outbox, if they still wait.</param>
/// <param name="Copies">Extra outbox rows of the same messages (fault kind <c>duplicate</c>).</param>
/// <param name="Skipped">Messages that vanish from the schedule without being published (fault kind <c>swallow</c>).</param>
public sealed record ScheduleFire(IReadOnlyList<Envelope> Due, IReadOnlyList<Envelope> Copies, IReadOnlyList<Envelope> Skipped);

/// <summary>What a new owner of partitions must know.</summary>
/// <param name="Epochs">By partition.</param>
/// <param name="Parked">Keys with parked rows, and when their oldest is due.</param>
public sealed record Ownership(IReadOnlyDictionary<int, long> Epochs, IReadOnlyList<ParkedLane> Parked);

/// <summary>The parked rows of one key; a message without a key stands for itself.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Key">The key; null for a message without one.</param>
/// <param name="MessageId">For a message without a key: which.</param>
/// <param name="DueAt">When the oldest row is due.</param>
public sealed record ParkedLane(int Partition, string? Key, Guid? MessageId, DateTimeOffset DueAt);

/// <summary>A delivery to park.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Message">The message.</param>
/// <param name="Attempt">How many attempts failed; 0 when it only waits behind another.</param>
/// <param name="DueAt">When to try.</param>
/// <param name="Reason">Why; null when it only waits.</param>
public sealed record ParkRequest(int Partition, Envelope Message, int Attempt, DateTimeOffset DueAt, string? Reason);

/// <summary>A parked message.</summary>
/// <param name="Id">Its place behind others of its key.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Message">The message.</param>
/// <param name="Attempt">How many attempts failed.</param>
/// <param name="DueAt">When to try again.</param>
/// <param name="History">One line for each failed attempt, oldest first; at most 20 are kept.</param>
public sealed record ParkedRow(long Id, int Partition, Envelope Message, int Attempt, DateTimeOffset DueAt, IReadOnlyList<string> History);

/// <summary>A message to move to the dead letters.</summary>
/// <param name="Message">The message; null when what arrived cannot be read as one.</param>
/// <param name="Raw">The bytes of one that cannot be read.</param>
/// <param name="Reason">Why.</param>
/// <param name="Attempts">How many attempts were made.</param>
/// <param name="History">One line for each.</param>
/// <param name="Tag">For one that cannot be read: the delivery, which stands in for its missing id.</param>
public sealed record DeadLetterRequest(Envelope? Message, ReadOnlyMemory<byte> Raw, string Reason, int Attempts, IReadOnlyList<string> History, long Tag);

/// <summary>Messages that enter a business transaction.</summary>
/// <param name="Messages">In order; ids may repeat.</param>
/// <param name="Epochs">The partitions concerned and the epochs in which this instance owns them; empty when the <c>ordering</c> guard is off.</param>
/// <param name="Deduplicate">False when the <c>inbox</c> guard is off: every message is taken for new.</param>
public sealed record InboxEntry(IReadOnlyList<Envelope> Messages, IReadOnlyDictionary<int, long> Epochs, bool Deduplicate);

/// <summary>What a business transaction writes besides the business rows.</summary>
/// <param name="Outbox">Messages to publish, in order.</param>
/// <param name="Audited">Messages that the audit must know of although they are in no outbox (guard off), or not any more.</param>
/// <param name="Scheduled">Messages to publish later.</param>
/// <param name="Cancelled">Names of scheduled messages to take back.</param>
/// <param name="Handled">Messages whose handling this transaction is.</param>
/// <param name="Settled">Messages to take out of the parked rows and of the counts of handlings alone.</param>
public sealed record UnitFlush(
    IReadOnlyList<Envelope> Outbox, IReadOnlyList<Envelope> Audited, IReadOnlyList<ScheduledMessage> Scheduled, IReadOnlyList<string> Cancelled,
    IReadOnlyList<HandledMessage> Handled, IReadOnlyList<Guid> Settled);

/// <summary>A message to publish later.</summary>
/// <param name="Message">The message.</param>
/// <param name="DueAt">Not before this time.</param>
/// <param name="Name">By which it can be taken back or replaced; unique in the service while it waits. Null when it cannot.</param>
public sealed record ScheduledMessage(Envelope Message, DateTimeOffset DueAt, string? Name);

/// <summary>A message that was handled.</summary>
/// <param name="Message">The message.</param>
/// <param name="Attempt">Which attempt succeeded, counted from 1.</param>
public sealed record HandledMessage(Envelope Message, int Attempt);

/// <summary>The store could not be reached, or the connection broke; what was asked may or may not have happened.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="message">What was tried.</param>
    /// <param name="cause">What the client library said.</param>
    public StoreException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>Another instance owns the partition now; the transaction was not begun or is undone.</summary>
public sealed class FencedException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="partitions">The partitions that are gone.</param>
    public FencedException(IReadOnlyList<int> partitions)
        : base($"partition {string.Join(", ", partitions)} belongs to another instance now")
    {
        Partitions = partitions;
    }

    /// <summary>The partitions that are gone.</summary>
    public IReadOnlyList<int> Partitions { get; }
}

/// <summary>This instance leads no more: its session is over.</summary>
public sealed class DeposedException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="cause">What the client library said.</param>
    public DeposedException(Exception? cause = null)
        : base("this instance leads no more: its session is over", cause)
    {
    }
}
