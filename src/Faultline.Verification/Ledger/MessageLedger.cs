using Faultline.Protocol.Faults;
using Faultline.Protocol.Ledger;
using Faultline.Protocol.Services;

namespace Faultline.Verification.Ledger;

/// <summary>The account of every message from command to effect, over all services. Immutable once built, safe for all threads.</summary>
public sealed class MessageLedger
{
    private readonly LedgerStore _store;
    private readonly bool[]? _operations;
    private readonly bool _withUnknown;

    internal MessageLedger(LedgerStore store, bool[]? operations, bool withUnknown = false)
    {
        _store = store;
        _operations = operations;
        _withUnknown = withUnknown;
    }

    internal LedgerStore Store => _store;

    /// <summary>Whether this is the part of the account that belongs to one cell.</summary>
    public bool IsPart => _operations is not null;

    /// <summary>How many messages there are.</summary>
    public int MessageCount => _operations is null ? _store.Messages.Count : Numbers().Count();

    /// <summary>The firings that hit messages or operations of this account.</summary>
    public IEnumerable<Firing> Firings => _store.Firings.Where(IsMine);

    /// <summary>The state of each service as given to the builder.</summary>
    public IReadOnlyCollection<MessagingState> States => _store.States.Values;

    /// <summary>The account of one cell: the messages whose operation id begins with a prefix. Shares its rows with this one.</summary>
    /// <param name="operationIdPrefix">See <c>Cells.OperationIdPrefix</c>.</param>
    public MessageLedger Only(string operationIdPrefix)
    {
        bool[] mine = new bool[_store.Operations.Count];
        for (int number = 0; number < mine.Length; number++)
        {
            mine[number] = (_operations is null || _operations[number]) && _store.Operations[number]!.StartsWith(operationIdPrefix, StringComparison.Ordinal);
        }

        return new MessageLedger(_store, mine);
    }

    /// <summary>The account of what belongs to none of some cells: other operations, and messages that no operation is known for.</summary>
    /// <param name="operationIdPrefixes">The prefixes of the cells.</param>
    public MessageLedger Rest(IReadOnlyCollection<string> operationIdPrefixes)
    {
        bool[] rest = new bool[_store.Operations.Count];
        for (int number = 0; number < rest.Length; number++)
        {
            string id = _store.Operations[number]!;
            rest[number] = (_operations is null || _operations[number]) && !operationIdPrefixes.Any(prefix => id.StartsWith(prefix, StringComparison.Ordinal));
        }

        return new MessageLedger(_store, rest, withUnknown: true);
    }

    /// <summary>What is owed: every published message at every consumer of its route, in the order in which the rows came. Computed while read.</summary>
    public IEnumerable<Delivery> Deliveries()
    {
        foreach (int number in Numbers())
        {
            if ((_store.Messages[number].Marks & (MessageMarks.Published | MessageMarks.Scheduled)) == MessageMarks.None) continue;

            foreach (int consumer in _store.ConsumersOf(_store.Messages[number])) yield return DeliveryOf(number, consumer);
        }
    }

    /// <summary>The account of one message; null when the ledger does not know it.</summary>
    /// <param name="id">The message.</param>
    public MessageView? Message(Guid id) => _store.MessageOf.TryGetValue(id, out int number) ? new MessageView(_store, number) : null;

    /// <summary>All messages, published or not.</summary>
    public IEnumerable<MessageView> Messages()
    {
        foreach (int number in Numbers()) yield return new MessageView(_store, number);
    }

    /// <summary>The messages that an operation caused, however indirectly.</summary>
    /// <param name="operationId">The operation.</param>
    public IEnumerable<MessageView> MessagesOf(string operationId)
    {
        int operation = _store.Operations.Find(operationId);
        if (operation == NameTable.None) yield break;

        for (int number = _store.FirstOfOperation[operation]; number >= 0; number = _store.Messages[number].NextOfOperation) yield return new MessageView(_store, number);
    }

    /// <summary>Whether the durable state of any service shows a trace of an operation.</summary>
    /// <param name="operationId">The operation.</param>
    public bool Knows(string operationId)
    {
        int operation = _store.Operations.Find(operationId);
        return operation != NameTable.None && _store.FirstOfOperation[operation] >= 0;
    }

    private bool IsMine(Firing firing) =>
        _operations is null
        || (firing.OperationId is { } id && _store.Operations.Find(id) is var number and not NameTable.None && _operations[number])
        || (firing.MessageId is { } message && _store.MessageOf.TryGetValue(message, out int at) && _store.Messages[at].Operation is var operation and not NameTable.None && _operations[operation]);

    private IEnumerable<int> Numbers()
    {
        if (_operations is null)
        {
            for (int number = 0; number < _store.Messages.Count; number++) yield return number;
            yield break;
        }

        for (int operation = 0; operation < _operations.Length; operation++)
        {
            if (!_operations[operation]) continue;

            for (int number = _store.FirstOfOperation[operation]; number >= 0; number = _store.Messages[number].NextOfOperation) yield return number;
        }

        if (!_withUnknown) yield break;

        for (int number = 0; number < _store.Messages.Count; number++)
        {
            if (_store.Messages[number].Operation == NameTable.None) yield return number;
        }
    }

    private Delivery DeliveryOf(int number, int consumer)
    {
        int handled = 0, inbox = 0;
        long position = 0;
        Fate? kept = null;
        for (int at = _store.Messages[number].FirstRow; at >= 0; at = _store.Rows[at].Next)
        {
            ref RowEntry row = ref _store.Rows[at];
            if (row.Service != consumer) continue;

            switch (row.Fact)
            {
                case LedgerFact.Handled:
                    if (handled++ == 0 || row.Position < position) position = row.Position;
                    break;
                case LedgerFact.Inbox: inbox++; break;
                case LedgerFact.Parked: kept ??= Fate.Parked; break;
                case LedgerFact.DeadLettered: kept = Fate.DeadLettered; break;
                case LedgerFact.Discarded: kept ??= Fate.Discarded; break;
            }
        }

        MessageMarks marks = _store.Messages[number].Marks;
        Fate fate =
            (marks & MessageMarks.Injected) != MessageMarks.None ? Fate.Injected
            : handled > 0 ? Fate.Done
            : kept ?? (inbox > 0 ? Fate.HalfDone : Elsewhere(marks, number, consumer));
        return new Delivery(_store, number, consumer, fate, handled, handled > 0 && kept is Fate.Parked or Fate.DeadLettered, position);
    }

    private Fate Elsewhere(MessageMarks marks, int number, int consumer) =>
        (marks & MessageMarks.InOutbox) != MessageMarks.None ? Fate.InOutbox
        : (marks & MessageMarks.Waiting) != MessageMarks.None ? Fate.Waiting
        : (marks & (MessageMarks.Published | MessageMarks.Cancelled)) == MessageMarks.Cancelled ? Fate.Cancelled
        : _store.InQueue.Contains((number, consumer)) ? Fate.InQueue
        : Fate.Lost;
}
