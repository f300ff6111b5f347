using Faultline.Protocol.Faults;
using Faultline.Protocol.Ledger;
using Faultline.Protocol.Services;

namespace Faultline.Verification.Ledger;

/// <summary>
/// Joins what the services state about messages. Feed it rows of all services in any order, the routes of the topology, the firings and the state of each
/// service's queue, then build. About 130 bytes a row and 80 a message; not safe for several threads.
/// </summary>
public sealed class LedgerBuilder
{
    private readonly LedgerStore _store = new();
    private readonly HashSet<Route> _routes = [];
    private readonly HashSet<(string Service, long Id)> _firings = [];

    /// <summary>Takes up a fact. The same audit fact stated twice is two facts: that is how a double effect is seen.</summary>
    /// <param name="row">One row of a service's ledger query.</param>
    public void Add(LedgerRow row)
    {
        int number = _store.MessageNumber(row.MessageId);
        ref MessageEntry message = ref _store.Messages[number];
        Describe(ref message, row);
        int at = _store.Rows.Add(new RowEntry
        {
            Message = number,
            Fact = row.Fact,
            Service = _store.Services.Of(row.Service),
            Instance = _store.Instances.Of(row.Instance),
            Reason = _store.Reasons.Of(row.Reason),
            Ticks = row.At.UtcTicks,
            Position = row.Position,
            Attempt = row.Attempt,
            Next = -1,
        });
        if (message.FirstRow < 0) message.FirstRow = at;
        else _store.Rows[message.LastRow].Next = at;
        message.LastRow = at;
    }

    /// <summary>Takes up many facts.</summary>
    /// <param name="rows">Read once, one by one.</param>
    public void Add(IEnumerable<LedgerRow> rows)
    {
        foreach (LedgerRow row in rows) Add(row);
    }

    /// <summary>Takes up a binding of the topology.</summary>
    /// <param name="route">Publisher, type and one consumer.</param>
    public void Add(Route route) => _routes.Add(route);

    /// <summary>Takes up a firing; the same firing twice counts once.</summary>
    /// <param name="firing">From a service's record of firings.</param>
    public void Add(Firing firing)
    {
        if (_firings.Add((firing.Service, firing.Id))) _store.Firings.Add(firing);
    }

    /// <summary>Takes up how much a service still had in its queue when its rows were read.</summary>
    /// <param name="state">Of one service; several instances state the same queue, the last one counts.</param>
    public void Add(MessagingState state) => _store.States[state.Service] = state;

    /// <summary>Joins everything. The builder is used up.</summary>
    public MessageLedger Build()
    {
        foreach (IGrouping<(string Publisher, string Type), Route> routes in _routes.GroupBy(route => (route.Publisher, route.Type)))
        {
            _store.Consumers[(_store.Services.Of(routes.Key.Publisher), _store.Types.Of(routes.Key.Type))] =
                [.. routes.Select(route => _store.Services.Of(route.Consumer)).Distinct().Order()];
        }

        foreach (Firing firing in _store.Firings.Where(firing => firing.MessageId is not null))
        {
            if (!_store.FiringsOfMessage.TryGetValue(firing.MessageId!.Value, out List<Firing>? list)) _store.FiringsOfMessage[firing.MessageId.Value] = list = [];
            list.Add(firing);
        }

        AttributeToOperations();
        LinkOperations();
        var ledger = new MessageLedger(_store, operations: null);
        FindQueued(ledger);
        return ledger;
    }

    private void Describe(ref MessageEntry message, LedgerRow row)
    {
        // Any row may be the first that knows the type; an undecodable dead letter knows nothing.
        if (message.Type == NameTable.None && row.Type.Length > 0) message.Type = _store.Types.Of(row.Type);
        if (message.Key == NameTable.None) message.Key = _store.Keys.Of(row.Key);
        if (message.Operation == NameTable.None) message.Operation = _store.Operations.Of(row.OperationId);
        if (message.Causation == Guid.Empty && row.CausationId is { } causation) message.Causation = causation;
        if (row.Injected) message.Marks |= MessageMarks.Injected;
        switch (row.Fact)
        {
            case LedgerFact.Published:
                if ((message.Marks & MessageMarks.Published) == MessageMarks.None) Publish(ref message, row);
                message.Marks |= MessageMarks.Published;
                break;
            case LedgerFact.Scheduled:
                if ((message.Marks & MessageMarks.Published) == MessageMarks.None) Publish(ref message, row);
                message.Marks |= MessageMarks.Scheduled;
                break;
            case LedgerFact.Cancelled:
                message.Marks |= MessageMarks.Cancelled;
                break;
            case LedgerFact.Outbox:
                message.Marks |= MessageMarks.InOutbox;
                break;
            case LedgerFact.ScheduleWaiting:
                message.Marks |= MessageMarks.Waiting;
                break;
        }
    }

    private void Publish(ref MessageEntry message, LedgerRow row)
    {
        message.Publisher = _store.Services.Of(row.Service);
        message.PublishedTicks = row.At.UtcTicks;
        message.Position = row.Fact == LedgerFact.Published ? row.Position : 0; // A scheduled message takes its place among the others when it fires.
    }

    /// <summary>A message without an operation of its own belongs to the operation of its cause.</summary>
    private void AttributeToOperations()
    {
        var chain = new List<int>();
        for (int number = 0; number < _store.Messages.Count; number++)
        {
            chain.Clear();
            int at = number;
            int operation;
            while ((operation = _store.Messages[at].Operation) == NameTable.None && chain.Count < 1_000
                && _store.MessageOf.TryGetValue(_store.Messages[at].Causation, out int cause) && cause != at)
            {
                chain.Add(at);
                at = cause;
            }

            if (operation == NameTable.None) continue;

            foreach (int link in chain) _store.Messages[link].Operation = operation;
        }
    }

    private void LinkOperations()
    {
        int[] first = new int[_store.Operations.Count];
        Array.Fill(first, -1);
        for (int number = _store.Messages.Count - 1; number >= 0; number--)
        {
            ref MessageEntry message = ref _store.Messages[number];
            if (message.Operation == NameTable.None) continue;

            message.NextOfOperation = first[message.Operation];
            first[message.Operation] = number;
        }

        _store.FirstOfOperation = first;
    }

    /// <summary>
    /// A queue tells how many messages it holds, not which. The youngest missing ones of a consumer, as many as its queue holds, are taken for queued; what is
    /// missing beyond that number is surely lost.
    /// </summary>
    private void FindQueued(MessageLedger ledger)
    {
        if (_store.States.Values.All(state => state.Queue == 0)) return;

        IEnumerable<IGrouping<string, Delivery>> missing = ledger.Deliveries().Where(delivery => delivery.Fate == Fate.Lost).GroupBy(delivery => delivery.Consumer);
        foreach (IGrouping<string, Delivery> group in missing.ToList())
        {
            long queued = _store.States.TryGetValue(group.Key, out MessagingState? state) ? state.Queue : 0;
            foreach (Delivery delivery in group.OrderByDescending(delivery => delivery.PublishedAt).ThenByDescending(delivery => delivery.Number).Take((int)Math.Min(queued, int.MaxValue)))
            {
                _store.InQueue.Add((delivery.Number, delivery.ConsumerNumber));
            }
        }
    }
}
