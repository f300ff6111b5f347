using Faultline.Protocol.Ledger;

namespace Faultline.Verification.Ledger;

/// <summary>One fact about a message, as a checker or a journey reads it.</summary>
/// <param name="Fact">What is stated.</param>
/// <param name="Service">By whom.</param>
/// <param name="Instance">The instance that acted.</param>
/// <param name="Attempt">Which attempt.</param>
/// <param name="Position">The position of a commit; 0 for other facts.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Reason">Why it was parked or given up.</param>
public readonly record struct FactView(LedgerFact Fact, string Service, string? Instance, int Attempt, long Position, DateTime At, string? Reason);

/// <summary>One message of the ledger.</summary>
public readonly struct MessageView
{
    private readonly LedgerStore _store;
    private readonly int _number;

    internal MessageView(LedgerStore store, int number)
    {
        _store = store;
        _number = number;
    }

    /// <summary>The message.</summary>
    public Guid Id => _store.Messages[_number].Id;

    /// <summary>Its type; empty when unknown.</summary>
    public string Type => _store.Types[_store.Messages[_number].Type] ?? "";

    /// <summary>Its ordering key.</summary>
    public string? Key => _store.Keys[_store.Messages[_number].Key];

    /// <summary>The operation at its root.</summary>
    public string? OperationId => _store.Operations[_store.Messages[_number].Operation];

    /// <summary>The message whose handling published it; null when a request did.</summary>
    public Guid? CausationId => _store.Messages[_number].Causation is var id && id == Guid.Empty ? null : id;

    /// <summary>Who published it; null when nobody says so.</summary>
    public string? Publisher => _store.Services[_store.Messages[_number].Publisher];

    /// <summary>Whether a publishing or a scheduling of it has committed.</summary>
    public bool IsPublished => (_store.Messages[_number].Marks & (MessageMarks.Published | MessageMarks.Scheduled)) != MessageMarks.None;

    /// <summary>Whether a storm injected it.</summary>
    public bool IsInjected => (_store.Messages[_number].Marks & MessageMarks.Injected) != MessageMarks.None;

    /// <summary>The consumers that its route names.</summary>
    public IEnumerable<string> Consumers
    {
        get
        {
            foreach (int consumer in _store.ConsumersOf(_store.Messages[_number])) yield return _store.Services[consumer]!;
        }
    }

    /// <summary>Whether its route names a service.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    public bool GoesTo(string service)
    {
        int number = _store.Services.Find(service);
        return Array.IndexOf(_store.ConsumersOf(_store.Messages[_number]), number) >= 0;
    }

    /// <summary>Everything that is stated about it, in the order in which the rows came.</summary>
    public IEnumerable<FactView> Facts
    {
        get
        {
            for (int at = _store.Messages[_number].FirstRow; at >= 0; at = _store.Rows[at].Next)
            {
                RowEntry row = _store.Rows[at];
                yield return new FactView(
                    row.Fact, _store.Services[row.Service]!, _store.Instances[row.Instance], row.Attempt, row.Position, new DateTime(row.Ticks, DateTimeKind.Utc), _store.Reasons[row.Reason]);
            }
        }
    }
}
