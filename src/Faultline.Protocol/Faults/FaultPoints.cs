namespace Faultline.Protocol.Faults;

/// <summary>A named step of a pipeline at which a fault can act.</summary>
/// <param name="Name"><c>&lt;pipeline&gt;.&lt;step&gt;.&lt;before|after&gt;</c>, for example <c>relay.send.before</c>.</param>
/// <param name="Index">The position in <see cref="FaultPoints.All"/>: the slot that a process looks into when the step is reached. <see cref="NoIndex"/> for a point that an application declares itself: each process gives it a slot of its own.</param>
/// <param name="Says">What has happened so far, in words for a person who does not read C#.</param>
public sealed record FaultPoint(string Name, int Index, string Says)
{
    /// <summary>The index of a point that is not one of the product.</summary>
    public const int NoIndex = -1;

    /// <summary>The first part of the name: <c>publish</c>, <c>transaction</c>, <c>relay</c>, <c>consume</c>, ...</summary>
    public string Pipeline => Name[..Name.IndexOf('.')];

    /// <summary>For a point that an application declares itself: the kinds that it honours there. Null for the points of the product, about which <see cref="FaultTable"/> decides.</summary>
    public IReadOnlyList<string>? OwnKinds { get; init; }

    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>All fault points of the product: code, the API, the command line and the experiments name points from this list only. An application may add points of its own to its own process.</summary>
public static class FaultPoints
{
    /// <summary>The outbox row is about to be written.</summary>
    public static readonly FaultPoint PublishStoreBefore = new("publish.store.before", 0, "the message is about to be written to the outbox");

    /// <summary>The outbox row is written, the transaction still open.</summary>
    public static readonly FaultPoint PublishStoreAfter = new("publish.store.after", 1, "the message is in the outbox, the transaction is still open");

    /// <summary>Outbox guard off: about to be sent to the broker directly.</summary>
    public static readonly FaultPoint PublishSendBefore = new("publish.send.before", 2, "outbox off: the message is about to be sent to the broker directly");

    /// <summary>Outbox guard off: sent to the broker directly.</summary>
    public static readonly FaultPoint PublishSendAfter = new("publish.send.after", 3, "outbox off: the broker has the message");

    /// <summary>All statements are done, the transaction is about to commit.</summary>
    public static readonly FaultPoint TransactionCommitBefore = new("transaction.commit.before", 4, "all changes are made, the commit has not happened");

    /// <summary>Committed, and nobody was told yet.</summary>
    public static readonly FaultPoint TransactionCommitAfter = new("transaction.commit.after", 5, "committed, and nobody was told yet");

    /// <summary>The relay is about to send a batch to the broker.</summary>
    public static readonly FaultPoint RelaySendBefore = new("relay.send.before", 6, "the relay is about to send the message to the broker");

    /// <summary>The broker confirmed, the outbox row is not yet deleted.</summary>
    public static readonly FaultPoint RelaySendAfter = new("relay.send.after", 7, "the broker has confirmed, the outbox row still stands");

    /// <summary>A delivery has arrived at the consumer.</summary>
    public static readonly FaultPoint ConsumeReceiveAfter = new("consume.receive.after", 8, "the message has arrived at the consumer");

    /// <summary>The inbox row is written.</summary>
    public static readonly FaultPoint ConsumeInboxAfter = new("consume.inbox.after", 9, "the message is noted in the inbox, its handler has not run");

    /// <summary>The handler is about to run.</summary>
    public static readonly FaultPoint ConsumeHandleBefore = new("consume.handle.before", 10, "the handler is about to run");

    /// <summary>The handler has run, nothing is committed.</summary>
    public static readonly FaultPoint ConsumeHandleAfter = new("consume.handle.after", 11, "the handler has run, nothing is committed");

    /// <summary>Committed, not acknowledged.</summary>
    public static readonly FaultPoint ConsumeAckBefore = new("consume.ack.before", 12, "the effect is committed, the broker does not know yet");

    /// <summary>Acknowledged.</summary>
    public static readonly FaultPoint ConsumeAckAfter = new("consume.ack.after", 13, "the broker has the acknowledgement");

    /// <summary>A failed delivery is about to be parked for a retry.</summary>
    public static readonly FaultPoint RetryParkBefore = new("retry.park.before", 14, "a failed message is about to be parked for its retry");

    /// <summary>A failed delivery is parked.</summary>
    public static readonly FaultPoint RetryParkAfter = new("retry.park.after", 15, "a failed message is parked, the broker does not know yet");

    /// <summary>An exhausted message is about to move to the dead letters.</summary>
    public static readonly FaultPoint DeadLetterMoveBefore = new("deadletter.move.before", 16, "a message that keeps failing is about to move to the dead letters");

    /// <summary>An exhausted message has moved to the dead letters.</summary>
    public static readonly FaultPoint DeadLetterMoveAfter = new("deadletter.move.after", 17, "a message that keeps failing is among the dead letters");

    /// <summary>A scheduled message is due and about to be published.</summary>
    public static readonly FaultPoint ScheduleFireBefore = new("schedule.fire.before", 18, "a scheduled message is due and about to be published");

    /// <summary>A scheduled message is published.</summary>
    public static readonly FaultPoint ScheduleFireAfter = new("schedule.fire.after", 19, "a scheduled message is in the outbox");

    /// <summary>An HTTP request is about to leave this process.</summary>
    public static readonly FaultPoint HttpSendBefore = new("http.send.before", 20, "an HTTP request is about to leave this service");

    /// <summary>The other side has done the work, its reply is not yet read.</summary>
    public static readonly FaultPoint HttpReceiveAfter = new("http.receive.after", 21, "the other service has done the work, its reply is not yet read");

    /// <summary>An HTTP request has arrived, no work is done.</summary>
    public static readonly FaultPoint HttpRequestBefore = new("http.request.before", 22, "an HTTP request has arrived, no work is done");

    /// <summary>The work is committed, the reply is not sent.</summary>
    public static readonly FaultPoint HttpResponseBefore = new("http.response.before", 23, "the work is committed, the reply is not sent");

    /// <summary>A statement is about to go to the database.</summary>
    public static readonly FaultPoint DatabaseCommandBefore = new("db.command.before", 24, "a statement is about to go to the database");

    /// <summary>The database has answered a statement.</summary>
    public static readonly FaultPoint DatabaseCommandAfter = new("db.command.after", 25, "the database has done a statement, the application does not know yet");

    /// <summary>EF Core: changes are about to be written.</summary>
    public static readonly FaultPoint DatabaseSaveBefore = new("db.save.before", 26, "EF Core is about to write the changes of a context");

    /// <summary>EF Core: changes are written.</summary>
    public static readonly FaultPoint DatabaseSaveAfter = new("db.save.after", 27, "EF Core has written the changes of a context; committed unless a transaction is open around them");

    /// <summary>A transaction is about to commit.</summary>
    public static readonly FaultPoint DatabaseCommitBefore = new("db.commit.before", 28, "a transaction is about to commit");

    /// <summary>A transaction has committed.</summary>
    public static readonly FaultPoint DatabaseCommitAfter = new("db.commit.after", 29, "a transaction is committed, the application does not know yet");

    /// <summary>The points of HTTP, client and server: method and path are matched there.</summary>
    public static IReadOnlyList<FaultPoint> Http { get; } = [HttpSendBefore, HttpReceiveAfter, HttpRequestBefore, HttpResponseBefore];

    /// <summary>The points around a database client, for applications without our messaging core, which has finer ones of its own. Kinds of statements are matched there.</summary>
    public static IReadOnlyList<FaultPoint> Database { get; } = [DatabaseCommandBefore, DatabaseCommandAfter, DatabaseSaveBefore, DatabaseSaveAfter, DatabaseCommitBefore, DatabaseCommitAfter];

    /// <summary>All points of the product, each at its <see cref="FaultPoint.Index"/>.</summary>
    public static IReadOnlyList<FaultPoint> All { get; } =
    [
        PublishStoreBefore, PublishStoreAfter, PublishSendBefore, PublishSendAfter, TransactionCommitBefore, TransactionCommitAfter,
        RelaySendBefore, RelaySendAfter, ConsumeReceiveAfter, ConsumeInboxAfter, ConsumeHandleBefore, ConsumeHandleAfter, ConsumeAckBefore,
        ConsumeAckAfter, RetryParkBefore, RetryParkAfter, DeadLetterMoveBefore, DeadLetterMoveAfter, ScheduleFireBefore, ScheduleFireAfter,
        .. Http, .. Database,
    ];

    /// <summary>Finds a point by its name.</summary>
    /// <param name="name">A name, in lower case.</param>
    /// <returns>The point, or null when there is none of that name.</returns>
    public static FaultPoint? Find(string? name) => All.FirstOrDefault(point => point.Name == name);
}
