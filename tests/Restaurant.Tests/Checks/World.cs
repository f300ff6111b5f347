using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;
using Faultline.Verification.Histories;
using Faultline.Verification.Ledger;
using Restaurant.Checks.Checkers;
using Restaurant.Checks.Plans;

namespace Restaurant.Tests.Checks;

/// <summary>A run of six tests as it should be, and what somebody did to it.</summary>
internal sealed class World(string workload = "tests", int operations = 6)
{
    private static readonly DateTimeOffset Began = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Dictionary<int, Func<OperationRecord, OperationRecord>> _changes = [];
    private readonly List<Stored> _more = [];
    private readonly HashSet<int> _gone = [];
    private readonly Dictionary<int, Func<Stored, Stored>> _orderChanges = [];
    private readonly Dictionary<string, decimal> _discounts = [];

    public List<object> Halves { get; } = [];

    /// <summary>What the faults of the schedule met.</summary>
    public List<FaultCount> Faults { get; } = [];

    /// <summary>The parameters of the rule.</summary>
    public Dictionary<string, object> Parameters { get; } = [];

    internal sealed record Stored(string OrderId, string Customer, decimal DiscountPercentage, decimal Amount, IReadOnlyList<PlannedLine> Items);

    public static string IdOf(int number) => new Guid(number, 0, 0, new byte[8]).ToString();

    public PlannedOrder Plan(int number) => OrderPlans.Of(workload, OperationId(number))!;

    public World Changed(int number, Func<OperationRecord, OperationRecord> change)
    {
        _changes[number] = change;
        return this;
    }

    public World Noted(int number, object note) => Changed(number, operation => operation with { Reply = JsonSerializer.SerializeToElement(note) });

    public World OrderChanged(int number, Func<Stored, Stored> change)
    {
        _orderChanges[number] = change;
        return this;
    }

    public World OrderGone(int number)
    {
        _gone.Add(number);
        return this;
    }

    public World OrderTwice(int number)
    {
        _more.Add(OrderOf(number) with { OrderId = IdOf(100 + number) });
        return this;
    }

    public World Discount(string customer, decimal discount)
    {
        _discounts[customer] = discount;
        return this;
    }

    public Finding Judge(IChecker checker) => Faultline.Verification.Checkers.Judge.Run(checker, Context());

    private static string OperationId(int number) => $"complete/{number:D6}";

    private Stored OrderOf(int number)
    {
        PlannedOrder plan = Plan(number);
        decimal discount = plan.Discount ?? 0;
        return new Stored(IdOf(number), plan.Customer, discount, Prices.AmountOf(plan.Items, discount), plan.Items);
    }

    private CheckContext Context()
    {
        OperationRecord[] records = [.. Enumerable.Range(1, operations).Select(OperationOf)];
        Stored[] orders = [.. Enumerable.Range(1, operations).Where(number => !_gone.Contains(number)).Select(number => _orderChanges.GetValueOrDefault(number, order => order)(OrderOf(number))), .. _more];
        IEnumerable<string> customers = Enumerable.Range(1, operations).Select(number => Plan(number).Customer).Distinct();
        return new CheckContext
        {
            History = History.Of(records),
            Ledger = new LedgerBuilder().Build(),
            Faults = Faults,
            Parameters = Parameters.ToDictionary(one => one.Key, one => JsonSerializer.SerializeToElement(one.Value)),
            Facts =
            [
                .. orders.Select(order => Fact(Evidence.OrderFact, new { orderId = order.OrderId, customer = order.Customer, discountPercentage = order.DiscountPercentage, amount = order.Amount, items = order.Items.Select(line => new { id = line.Id, quantity = line.Quantity }) })),
                .. customers.Select(customer => Fact(Evidence.DiscountFact, new { customer, discount = _discounts.GetValueOrDefault(customer, orders.Count(order => order.Customer == customer) / 100m) })),
                .. Halves.Select(half => Fact(Evidence.HalfFact, half)),
            ],
        };
    }

    private static SystemFact Fact(string name, object value) => new(name, OperationId(1), JsonSerializer.SerializeToElement(value));

    private OperationRecord OperationOf(int number) => _changes.GetValueOrDefault(number, operation => operation)(new OperationRecord
    {
        Index = number - 1,
        Process = 0,
        Name = workload,
        OperationId = OperationId(number),
        InvokedAt = Began.AddSeconds(number),
        EndedAt = Began.AddSeconds(number + 1),
        Outcome = Outcome.Ok,
        Subject = IdOf(number),
        Reply = JsonSerializer.SerializeToElement(new { order = IdOf(number), after = 0.2, next = Plan(number).NextDiscount }),
    });
}
