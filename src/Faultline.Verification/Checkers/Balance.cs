using Faultline.Verification.Ledger;

namespace Faultline.Verification.Checkers;

/// <summary>Per message type and bound queue: accepted = done + dead-lettered (discarded ones included) + parked + in flight, and after quiesce nothing is in flight.</summary>
internal sealed class Balance : IChecker
{
    public const string Name = "balance";

    public const string ShortKind = "short";
    public const string CountedTwiceKind = "counted-twice";
    public const string InFlightKind = "in-flight";

    private const int NamedMax = 1_000;

    public CheckerDescription Description { get; } = new(Name, "Per message type and queue, accepted = done + dead-lettered + parked + in flight; at the end nothing is in flight.");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        var accounts = new Dictionary<(int Consumer, int Type), Account>();
        foreach (Delivery delivery in context.Ledger.Deliveries())
        {
            if (delivery.Fate is Fate.Injected or Fate.Cancelled) continue;

            finding.Judged();
            if (!accounts.TryGetValue((delivery.ConsumerNumber, delivery.TypeNumber), out Account? account))
            {
                accounts[(delivery.ConsumerNumber, delivery.TypeNumber)] = account = new Account(delivery.Consumer, delivery.Type);
            }

            account.Add(delivery);
        }

        foreach (Account account in accounts.Values.OrderBy(account => account.Consumer, StringComparer.Ordinal).ThenBy(account => account.Type, StringComparer.Ordinal)) account.Judge(finding);

        return finding.Build("no message was accepted");
    }

    private sealed class Account(string consumer, string type)
    {
        private readonly List<Delivery> _missing = [];
        private readonly List<Delivery> _twice = [];
        private readonly List<Delivery> _inFlight = [];
        private long _accepted, _done, _kept, _parked, _missingCount, _inFlightCount;

        public string Consumer => consumer;

        public string Type => type;

        public void Add(Delivery delivery)
        {
            _accepted++;
            if (delivery.IsAlsoKept) Keep(_twice, delivery);
            switch (delivery.Fate)
            {
                case Fate.Done: _done++; break;
                case Fate.DeadLettered or Fate.Discarded: _kept++; break;
                case Fate.Parked: _parked++; break;
                case Fate.InOutbox or Fate.InQueue:
                    _inFlightCount++;
                    Keep(_inFlight, delivery);
                    break;
                case Fate.Waiting: _parked++; break; // Waits for its time, and may do so beyond the end of the run.
                default:
                    _missingCount++;
                    Keep(_missing, delivery);
                    break;
            }
        }

        public void Judge(FindingBuilder finding)
        {
            string figures = $"accepted {_accepted}, done {_done}, dead letters {_kept}, parked or scheduled {_parked}, in flight {_inFlightCount}";
            if (_missingCount > 0) Violate(finding, ShortKind, $"{type} at {consumer} does not balance: {figures}; {_missingCount} missing", _missing);
            if (_inFlightCount > 0) Violate(finding, InFlightKind, $"{type} for {consumer} is still in flight after the end: {figures}", _inFlight);
            if (_twice.Count > 0) Violate(finding, CountedTwiceKind, $"{type} at {consumer} is counted twice: {_twice.Count} handled and at the same time kept", _twice);
        }

        private void Violate(FindingBuilder finding, string kind, string sentence, List<Delivery> deliveries) => finding.Violates(
            kind, () => $"{sentence}; for example {Sentences.Name(deliveries[0])}",
            deliveries.Select(delivery => delivery.OperationId), deliveries.Select(delivery => delivery.MessageId), consumer);

        private static void Keep(List<Delivery> list, Delivery delivery)
        {
            if (list.Count < NamedMax) list.Add(delivery);
        }
    }
}
