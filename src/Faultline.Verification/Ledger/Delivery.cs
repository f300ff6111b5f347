namespace Faultline.Verification.Ledger;

/// <summary>Where a message stands at one of its consumers.</summary>
public enum Fate
{
    /// <summary>Handled, with at least one effect.</summary>
    Done,

    /// <summary>Kept among the dead letters.</summary>
    DeadLettered,

    /// <summary>Taken from the dead letters by a person.</summary>
    Discarded,

    /// <summary>Parked for a retry.</summary>
    Parked,

    /// <summary>In the outbox of its publisher.</summary>
    InOutbox,

    /// <summary>Scheduled, and not yet due or not yet fired.</summary>
    Waiting,

    /// <summary>In the queue of the consumer.</summary>
    InQueue,

    /// <summary>In the inbox, taken for handled, but without an effect.</summary>
    HalfDone,

    /// <summary>Nowhere.</summary>
    Lost,

    /// <summary>Scheduled and taken back before it fired.</summary>
    Cancelled,

    /// <summary>Extra load of a storm: not judged.</summary>
    Injected,
}

/// <summary>What is owed: one message at one consumer that its type is routed to.</summary>
public readonly struct Delivery
{
    private readonly LedgerStore _store;

    internal Delivery(LedgerStore store, int number, int consumer, Fate fate, int effects, bool alsoKept, long handledPosition)
    {
        _store = store;
        Number = number;
        ConsumerNumber = consumer;
        Fate = fate;
        Effects = effects;
        IsAlsoKept = alsoKept;
        HandledPosition = handledPosition;
    }

    internal int Number { get; }

    internal int ConsumerNumber { get; }

    internal int KeyNumber => _store.Messages[Number].Key;

    internal int PublisherNumber => _store.Messages[Number].Publisher;

    internal int TypeNumber => _store.Messages[Number].Type;

    /// <summary>Where it stands.</summary>
    public Fate Fate { get; }

    /// <summary>How many handlings committed.</summary>
    public int Effects { get; }

    /// <summary>Handled, and at the same time parked or among the dead letters: counted twice.</summary>
    public bool IsAlsoKept { get; }

    /// <summary>The position of the first handling at the consumer; 0 when none or unknown.</summary>
    public long HandledPosition { get; }

    /// <summary>The position of the publishing; 0 when unknown.</summary>
    public long PublishedPosition => _store.Messages[Number].Position;

    /// <summary>The message.</summary>
    public Guid MessageId => _store.Messages[Number].Id;

    /// <summary>Its type; empty when unknown.</summary>
    public string Type => _store.Types[_store.Messages[Number].Type] ?? "";

    /// <summary>Its ordering key.</summary>
    public string? Key => _store.Keys[_store.Messages[Number].Key];

    /// <summary>The operation at its root, found through its causes where it does not say so itself.</summary>
    public string? OperationId => _store.Operations[_store.Messages[Number].Operation];

    /// <summary>Who published it; empty when nobody says so.</summary>
    public string Publisher => _store.Services[_store.Messages[Number].Publisher] ?? "";

    /// <summary>The consumer.</summary>
    public string Consumer => _store.Services[ConsumerNumber]!;

    /// <summary>When it was published, UTC.</summary>
    public DateTime PublishedAt => new(_store.Messages[Number].PublishedTicks, DateTimeKind.Utc);
}
