using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;

namespace Faultline.Protocol.Links;

/// <summary>What a fault on a link may legitimately cause.</summary>
public enum LinkEffect
{
    /// <summary>The kind makes no sense on this link, and is refused when somebody asks for it.</summary>
    Refused,

    /// <summary>With all guards on it leaves no violation.</summary>
    Survivable,

    /// <summary>It may break rules, and which messages it hits cannot be told: an experiment must say which violation it expects.</summary>
    Destructive,
}

/// <summary>One cell of the table: a kind on a kind of link.</summary>
/// <param name="Kind">A type from <see cref="ToxicForms.Types"/>, a kind from <see cref="ToxicForms.HttpKinds"/>, or <see cref="LinkFaultTable.Partition"/>.</param>
/// <param name="Effect">What it may cause.</param>
/// <param name="Guards">The guards that make it survivable; empty where the pipeline itself does.</param>
/// <param name="Why">For what is not survivable: why.</param>
public sealed record LinkFaultCell(string Kind, LinkEffect Effect, IReadOnlyList<string> Guards, string Why = "");

/// <summary>The one table that says beforehand what each kind of link fault may cause on each kind of link. Experiments are refused by it, and verdicts are judged by it.</summary>
/// <remarks>
/// A connection that is late, slow, cut or silent is what every network does, and every guarded service must survive it. Bytes that are <em>changed</em> are another matter: no network hands them on,
/// for TCP has a checksum, and neither PostgreSQL nor AMQP looks whether a byte is the one that was sent. Bytes that are <em>missing</em> in the middle of a connection are none either; whoever waits
/// for an answer, or numbers what comes, survives them all the same.
/// </remarks>
public static class LinkFaultTable
{
    /// <summary>Two groups of a system that do not reach each other.</summary>
    public const string Partition = "partition";

    private const int ServerErrors = 500;

    private static readonly HashSet<string> NeedNoGuard = ["latency", "bandwidth", "slow_close", "slicer"];

    /// <summary>What a toxic may cause.</summary>
    /// <param name="type">A type from <see cref="ToxicForms.Types"/>.</param>
    /// <param name="role">What the link leads to.</param>
    /// <param name="isUpstream">Whether it acts on what is sent to the server, and not on what the server sends.</param>
    public static LinkFaultCell OfToxic(string type, LinkRole role, bool isUpstream) =>
        type == ToxicForms.PacketLoss && role == LinkRole.Broker && isUpstream ? new(type, LinkEffect.Destructive, [], "RabbitMQ confirms by counting what has come, so a message that vanishes on its way there is taken for confirmed; what the broker sends is numbered, and stream: downstream survives")
        : type == ToxicForms.Corrupt ? new(type, LinkEffect.Destructive, [], "changed bytes may look right to the other side, so what is stored may be wrong")
        : NeedNoGuard.Contains(type) ? new(type, LinkEffect.Survivable, [])
        : new(type, LinkEffect.Survivable, GuardsOf(role));

    /// <summary>What an HTTP fault may cause.</summary>
    /// <param name="kind">A kind from <see cref="ToxicForms.HttpKinds"/>.</param>
    /// <param name="role">What the link leads to.</param>
    /// <param name="phase">before or after.</param>
    /// <param name="status">For <c>status</c>: the code.</param>
    public static LinkFaultCell OfHttp(string kind, LinkRole role, string phase, int status)
    {
        if (role is LinkRole.Database or LinkRole.Broker) return new(kind, LinkEffect.Refused, [], "no HTTP passes there; use a toxic");
        if (kind == "duplicate" && phase == "after") return new(kind, LinkEffect.Refused, [], "the request is over; use before");
        return kind == ToxicForms.Status && status < ServerErrors
            ? new(kind, LinkEffect.Destructive, [], $"status {status} tells the client something certain about its request that is not true")
            : new(kind, LinkEffect.Survivable, kind is "latency" or "slow_body" ? [] : ["idempotency-key"]);
    }

    /// <summary>What a partition may cause: nothing that the guards do not survive.</summary>
    public static LinkFaultCell OfPartition() => new(Partition, LinkEffect.Survivable, ["outbox", "inbox", "confirms", "ack-after-commit", "transaction", "retry", "idempotency-key"]);

    private static IReadOnlyList<string> GuardsOf(LinkRole role) => role switch
    {
        LinkRole.Database => ["transaction", "retry", "idempotency-key"],
        LinkRole.Broker => ["outbox", "confirms", "inbox", "ack-after-commit"],
        _ => ["idempotency-key"],
    };
}
