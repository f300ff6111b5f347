using static Faultline.Protocol.Faults.FaultKinds;
using static Faultline.Protocol.Faults.FaultPoints;

namespace Faultline.Protocol.Faults;

/// <summary>What a fault may legitimately cause.</summary>
public enum FaultEffect
{
    /// <summary>The kind makes no sense at this point, and is refused when somebody asks for it.</summary>
    Refused,

    /// <summary>With all guards on it leaves no violation.</summary>
    Survivable,

    /// <summary>It loses exactly the messages that it hits: a violation of nothing-lost for each of them, and for no other.</summary>
    Loses,

    /// <summary>Exactly the messages that it hits end among the dead letters.</summary>
    DeadLetters,

    /// <summary>At a point that an application declares itself: what it may cause is for that application to say.</summary>
    Open,
}

/// <summary>One cell of the table: a kind at a point.</summary>
/// <param name="Kind">A name from <see cref="FaultKinds"/>.</param>
/// <param name="Point">Where.</param>
/// <param name="Effect">What it may cause.</param>
/// <param name="Guards">The guards that make it survivable, from <see cref="Guards.GuardNames"/>; empty where the pipeline itself does.</param>
/// <param name="Why">For a refused cell: why it makes no sense here.</param>
public sealed record FaultCell(string Kind, FaultPoint Point, FaultEffect Effect, IReadOnlyList<string> Guards, string Why = "");

/// <summary>
/// The one table that says beforehand what each kind may cause at each point. The service refuses by it, the experiments enumerate it, and the verdict is judged by it.
/// </summary>
/// <remarks>
/// Faults act below the acknowledgement: what a real network, broker or process could do. A step inside a database transaction is not a wire, so nothing is
/// dropped, repeated or overtaken on it; it can be late, fail, or die.
/// </remarks>
public static class FaultTable
{
    private const string NoWire = "this step is inside the service's own database, where nothing is lost or repeated on the way";
    private const string NothingLeft = "the step is over here, nothing is left to lose";
    private const string NoBody = "no body travels at this point";
    private const string NotPresent = "the step has no later messages to be overtaken by";
    private const string LooksDone = "a skipped step that looks done cannot be told apart from 'drop' here";
    private const string NotHonoured = "the application does not honour it at this point of its own";
    private const string NoMessages = "extra messages enter where messages travel: relay.send.before, consume.receive.after, publish.send.before";

    private static readonly FaultPoint[] SendsDirectly = [PublishSendBefore, PublishSendAfter];

    /// <summary>All cells: every kind at every point, refused ones included.</summary>
    public static IReadOnlyList<FaultCell> All { get; } = [.. FaultKinds.All.SelectMany(kind => FaultPoints.All.Select(point => Decide(kind, point)))];

    /// <summary>The cell of a kind at a point.</summary>
    /// <param name="kind">A name from <see cref="FaultKinds"/>.</param>
    /// <param name="point">Where.</param>
    /// <param name="transient">For <c>exception</c>: whether its failure passes when tried again. A lasting one inside the handling of a message ends among the dead letters.</param>
    /// <exception cref="ArgumentException">The kind is unknown.</exception>
    public static FaultCell Of(string kind, FaultPoint point, bool transient = true)
    {
        if (point.OwnKinds is { } own) return own.Contains(kind) ? new FaultCell(kind, point, FaultEffect.Open, []) : Refused(kind, point, NotHonoured);

        FaultCell cell = All.FirstOrDefault(cell => cell.Kind == kind && cell.Point == point)
            ?? throw new ArgumentException($"unknown kind '{kind}'; it must be one of: {string.Join(", ", FaultKinds.All)}", nameof(kind));
        bool handling = point == ConsumeReceiveAfter || point == ConsumeInboxAfter || point == ConsumeHandleBefore || point == ConsumeHandleAfter || point == TransactionCommitBefore
            || point == PublishStoreBefore || point == PublishStoreAfter;
        return kind == FaultKinds.Exception && !transient && handling ? cell with { Effect = FaultEffect.DeadLetters } : cell;
    }

    /// <summary>The points at which a kind makes sense.</summary>
    /// <param name="kind">A name from <see cref="FaultKinds"/>.</param>
    public static IReadOnlyList<FaultPoint> PointsOf(string kind) => [.. All.Where(cell => cell.Kind == kind && cell.Effect != FaultEffect.Refused).Select(cell => cell.Point)];

    private static FaultCell Decide(string kind, FaultPoint point) => kind switch
    {
        Delay or Hang => Survivable(kind, point),
        FaultKinds.Exception => Failing(kind, point),
        Crash => Crashing(point),
        Drop => Dropping(point),
        Swallow => Swallowing(point),
        Duplicate => Duplicating(point),
        Reorder => Reordering(point),
        Corrupt => Corrupting(point),
        Storm => point == RelaySendBefore || point == ConsumeReceiveAfter || point == PublishSendBefore ? Survivable(kind, point) : Refused(kind, point, NoMessages),
        _ => throw new ArgumentException($"unknown kind '{kind}'", nameof(kind)),
    };

    private static FaultCell Failing(string kind, FaultPoint point) =>
        point == PublishSendBefore ? Loses(kind, point)
        : point == ConsumeReceiveAfter || point == ConsumeInboxAfter || point == ConsumeHandleBefore || point == ConsumeHandleAfter ? Survivable(kind, point, "retry", "ordering")
        : point == ConsumeAckBefore || point == RelaySendAfter ? Survivable(kind, point, "inbox")
        : Http.Contains(point) || point == TransactionCommitAfter ? Survivable(kind, point, "idempotency-key")
        : Database.Contains(point) ? FailingAtDatabase(kind, point)
        : Survivable(kind, point);

    /// <summary>Before the commit all is undone, if there is one transaction around all; after it the work is done, and whoever asks again must not do it twice.</summary>
    private static FaultCell FailingAtDatabase(string kind, FaultPoint point) =>
        point == DatabaseCommitAfter || point == DatabaseSaveAfter ? Survivable(kind, point, "transaction", "outbox", "idempotency-key") : Survivable(kind, point, "transaction");

    private static FaultCell Crashing(FaultPoint point) =>
        point == PublishSendBefore ? Loses(Crash, point)
        : point == TransactionCommitAfter ? Survivable(Crash, point, "outbox", "inbox", "idempotency-key")
        : point == RelaySendAfter || point == ConsumeAckBefore ? Survivable(Crash, point, "inbox")
        : point == ConsumeInboxAfter ? Survivable(Crash, point, "transaction", "ack-after-commit")
        : point == ConsumeReceiveAfter || point == ConsumeHandleBefore || point == ConsumeHandleAfter ? Survivable(Crash, point, "ack-after-commit", "transaction")
        : point == HttpResponseBefore || point == HttpReceiveAfter ? Survivable(Crash, point, "idempotency-key")
        : Database.Contains(point) ? FailingAtDatabase(Crash, point)
        : Survivable(Crash, point);

    private static FaultCell Dropping(FaultPoint point) =>
        point == PublishSendBefore ? Loses(Drop, point)
        : point == RelaySendBefore ? Survivable(Drop, point, "confirms")
        : point == RelaySendAfter || point == ConsumeAckBefore ? Survivable(Drop, point, "inbox")
        : point == ConsumeReceiveAfter ? Survivable(Drop, point)
        : point == HttpResponseBefore || point == HttpReceiveAfter ? Survivable(Drop, point, "idempotency-key")
        : Http.Contains(point) ? Survivable(Drop, point)
        : point == ConsumeAckAfter || point == PublishSendAfter ? Refused(Drop, point, NothingLeft)
        : Refused(Drop, point, NoWire);

    private static FaultCell Swallowing(FaultPoint point) =>
        point == PublishStoreBefore || point == PublishSendBefore || point == RelaySendBefore || point == ConsumeReceiveAfter || point == ConsumeHandleBefore || point == RetryParkBefore
            || point == DeadLetterMoveBefore || point == ScheduleFireBefore ? Loses(Swallow, point)
        : point.Name.EndsWith(".after", StringComparison.Ordinal) ? Refused(Swallow, point, NothingLeft)
        : Refused(Swallow, point, LooksDone);

    private static FaultCell Duplicating(FaultPoint point) =>
        point == PublishStoreBefore || point == PublishSendBefore || point == RelaySendBefore || point == ConsumeReceiveAfter || point == ScheduleFireBefore ? Survivable(Duplicate, point, "inbox")
        : point == HttpSendBefore ? Survivable(Duplicate, point, "idempotency-key")
        : point == HttpRequestBefore || point == HttpResponseBefore ? Refused(Duplicate, point, "a server cannot send a request again; use http.send.before")
        : point.Name.EndsWith(".after", StringComparison.Ordinal) ? Refused(Duplicate, point, NothingLeft)
        : Refused(Duplicate, point, NoWire);

    private static FaultCell Reordering(FaultPoint point) =>
        point == RelaySendBefore || point == ConsumeReceiveAfter ? Survivable(Reorder, point, "ordering")
        : point == PublishStoreBefore || point == PublishSendBefore || point == ScheduleFireBefore || point == HttpSendBefore || point == HttpRequestBefore ? Survivable(Reorder, point)
        : Refused(Reorder, point, NotPresent);

    private static FaultCell Corrupting(FaultPoint point) =>
        point == ConsumeReceiveAfter ? Survivable(Corrupt, point)
        : point == PublishStoreBefore || point == PublishSendBefore || point == RelaySendBefore || point == ScheduleFireBefore ? DeadLettered(Corrupt, point)
        : point == HttpSendBefore || point == HttpRequestBefore ? Survivable(Corrupt, point)
        : point == HttpReceiveAfter || point == HttpResponseBefore ? Survivable(Corrupt, point, "idempotency-key")
        : Refused(Corrupt, point, NoBody);

    private static FaultCell Survivable(string kind, FaultPoint point, params string[] guards) => new(kind, point, FaultEffect.Survivable, guards);

    private static FaultCell Loses(string kind, FaultPoint point) => new(kind, point, FaultEffect.Loses, []);

    private static FaultCell DeadLettered(string kind, FaultPoint point) => new(kind, point, FaultEffect.DeadLetters, []);

    private static FaultCell Refused(string kind, FaultPoint point, string why) => new(kind, point, FaultEffect.Refused, [], why);

    /// <summary>The points that exist only while the outbox guard is off.</summary>
    public static IReadOnlyList<FaultPoint> WithoutOutboxOnly => SendsDirectly;
}
