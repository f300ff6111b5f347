using Faultline.Protocol.Faults;
using Faultline.Protocol.Ledger;
using Faultline.Protocol.Services;
using Faultline.Verification.Histories;

namespace Faultline.Verification.Ledger;

[Flags]
internal enum MessageMarks : byte
{
    None = 0,
    Published = 1,
    Scheduled = 2,
    Cancelled = 4,
    InOutbox = 8,
    Waiting = 16,
    Injected = 32,
}

/// <summary>A message: about 80 bytes. Everything that is text is a number of a <see cref="NameTable"/>.</summary>
internal struct MessageEntry
{
    public Guid Id;
    public Guid Causation;
    public long PublishedTicks;
    public long Position;
    public int Type;
    public int Key;
    public int Operation;
    public int Publisher;
    public int FirstRow;
    public int LastRow;
    public int NextOfOperation;
    public MessageMarks Marks;
}

/// <summary>A ledger row: about 48 bytes.</summary>
internal struct RowEntry
{
    public long Ticks;
    public long Position;
    public int Message;
    public int Next;
    public int Service;
    public int Instance;
    public int Reason;
    public int Attempt;
    public LedgerFact Fact;
}

/// <summary>The rows of all services, joined by message id; what every scope of a ledger looks into.</summary>
internal sealed class LedgerStore
{
    public NameTable Services { get; } = new();
    public NameTable Types { get; } = new();
    public NameTable Keys { get; } = new();
    public NameTable Operations { get; } = new();
    public NameTable Instances { get; } = new();
    public NameTable Reasons { get; } = new();
    public ChunkedList<MessageEntry> Messages { get; } = new();
    public ChunkedList<RowEntry> Rows { get; } = new();
    public Dictionary<Guid, int> MessageOf { get; } = [];
    public Dictionary<(int Publisher, int Type), int[]> Consumers { get; } = [];
    public List<Firing> Firings { get; } = [];
    public Dictionary<Guid, List<Firing>> FiringsOfMessage { get; } = [];
    public Dictionary<string, MessagingState> States { get; } = [];

    /// <summary>The first message of each operation, by the number of the operation; the others follow by <see cref="MessageEntry.NextOfOperation"/>.</summary>
    public int[] FirstOfOperation { get; set; } = [];

    /// <summary>Missing deliveries that a queue at the broker still holds, by (message, consumer).</summary>
    public HashSet<(int Message, int Consumer)> InQueue { get; } = [];

    public int MessageNumber(Guid id)
    {
        if (MessageOf.TryGetValue(id, out int number)) return number;

        number = Messages.Add(new MessageEntry
        {
            Id = id,
            Type = NameTable.None,
            Key = NameTable.None,
            Operation = NameTable.None,
            Publisher = NameTable.None,
            FirstRow = -1,
            LastRow = -1,
            NextOfOperation = -1,
        });
        MessageOf.Add(id, number);
        return number;
    }

    public int[] ConsumersOf(in MessageEntry message) =>
        message.Publisher != NameTable.None && Consumers.TryGetValue((message.Publisher, message.Type), out int[]? consumers) ? consumers : [];
}
