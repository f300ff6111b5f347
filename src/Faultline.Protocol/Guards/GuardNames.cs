namespace Faultline.Protocol.Guards;

/// <summary>What switching a guard off does to the product under test.</summary>
public enum GuardClass
{
    /// <summary>Off breaks an invariant under the fault that it protects from.</summary>
    Correctness,

    /// <summary>Off costs time; no invariant breaks.</summary>
    Speed,

    /// <summary>Off costs load; no invariant breaks.</summary>
    Load,
}

/// <summary>A protective pattern that can be on or off, as a person reads it.</summary>
/// <param name="Name">The name, in lower case.</param>
/// <param name="Class">What it protects.</param>
/// <param name="On">What happens while it is on.</param>
/// <param name="Off">The mistake that is common in practice, made while it is off.</param>
/// <param name="Protects">One sentence on what it protects from.</param>
public sealed record GuardDescription(string Name, GuardClass Class, string On, string Off, string Protects);

/// <summary>The state of one guard of one service.</summary>
/// <param name="Service">The service, as <c>system/service</c>.</param>
/// <param name="Name">The guard.</param>
/// <param name="On">Whether it protects now.</param>
/// <param name="ChangedAt">When it was last switched; null when never.</param>
public sealed record GuardState(string Service, string Name, bool On, DateTimeOffset? ChangedAt);

/// <summary>The guards that every service of the messaging core has.</summary>
public static class GuardNames
{
    /// <summary>The message is stored in the business transaction.</summary>
    public const string Outbox = "outbox";

    /// <summary>An outbox row is deleted when the broker has confirmed it.</summary>
    public const string Confirms = "confirms";

    /// <summary>De-duplication row in the business transaction.</summary>
    public const string Inbox = "inbox";

    /// <summary>The delivery is acknowledged after the commit.</summary>
    public const string AckAfterCommit = "ack-after-commit";

    /// <summary>One transaction for the whole handler.</summary>
    public const string Transaction = "transaction";

    /// <summary>Per-key order across replicas.</summary>
    public const string Ordering = "ordering";

    /// <summary>Failed deliveries are tried again.</summary>
    public const string Retry = "retry";

    /// <summary>Exhausted messages are kept.</summary>
    public const string DeadLetter = "dead-letter";

    /// <summary>HTTP writes answer repeats with the stored reply.</summary>
    public const string IdempotencyKey = "idempotency-key";

    /// <summary>All of them, in the order of a message's way.</summary>
    public static IReadOnlyList<GuardDescription> All { get; } =
    [
        new(IdempotencyKey, GuardClass.Correctness, "a repeated HTTP write is answered with the stored reply", "each repeat is a new operation",
            "a reply that is lost makes the customer send again, and the order exists twice"),
        new(Outbox, GuardClass.Correctness, "the message is stored in the business transaction and relayed after it", "the message is published directly after the commit",
            "a crash between the commit and the publish leaves a change that nobody hears of"),
        new(Confirms, GuardClass.Correctness, "an outbox row is deleted when the broker has confirmed it", "it is deleted after sending, without waiting",
            "a message lost on the way to the broker is lost for good"),
        new(Inbox, GuardClass.Correctness, "a de-duplication row is written in the business transaction", "every delivery is handled",
            "a message delivered twice has its effect twice"),
        new(AckAfterCommit, GuardClass.Correctness, "a delivery is acknowledged after the commit", "it is acknowledged on receipt",
            "a crash before the commit loses a message that the broker already forgot"),
        new(Transaction, GuardClass.Correctness, "one transaction holds the inbox row, the changes and the outgoing messages", "each statement commits alone",
            "a crash in the middle leaves half of the work, and the rest is taken for done"),
        new(Ordering, GuardClass.Correctness, "messages of one key are handled one after the other, also across replicas and retries", "competing consumers take whatever comes",
            "a message that is retried is overtaken by a later one of its key"),
        new(Retry, GuardClass.Correctness, "a failed delivery is tried again, with growing pauses and a durable count", "the first failure is final: acknowledged and dropped",
            "a database that is away for a second loses messages"),
        new(DeadLetter, GuardClass.Correctness, "an exhausted message is kept, with its reason", "it is requeued for ever, at once",
            "one message that can never succeed keeps the system busy and never ends"),
    ];

    /// <summary>Finds a guard by its name.</summary>
    /// <param name="name">A name, in lower case.</param>
    public static GuardDescription? Find(string? name) => All.FirstOrDefault(guard => guard.Name == name);
}
