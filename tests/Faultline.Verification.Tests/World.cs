using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Histories;
using Faultline.Protocol.Ledger;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Histories;
using Faultline.Verification.Ledger;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Verification.Tests;

/// <summary>A small shop, as its databases would state it: orders publishes OrderPlaced to kitchen and loyalty, kitchen publishes MealReady to orders.</summary>
internal sealed class World
{
    public const string Orders = "shop/orders";
    public const string Kitchen = "shop/kitchen";
    public const string Loyalty = "shop/loyalty";
    public const string OrderPlaced = "shop.order-placed";
    public const string MealReady = "shop.meal-ready";

    public static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly List<OperationRecord> _operations = [];
    private readonly List<LedgerRow> _rows = [];
    private readonly Dictionary<string, long> _positions = [];
    private int _ids;
    private int _ticks;

    public List<Route> Routes { get; } = [new(Orders, OrderPlaced, Kitchen), new(Orders, OrderPlaced, Loyalty), new(Kitchen, MealReady, Orders)];

    public List<Firing> Firings { get; } = [];

    public List<LedgerRow> Rows => _rows;

    public List<OperationRecord> Operations => _operations;

    /// <summary>A world in which everything went well.</summary>
    public static World Clean(int operations = 20, string cell = "cell")
    {
        var world = new World();
        for (int number = 1; number <= operations; number++) world.Order($"{cell}/{number:D6}", key: $"table-{number % 3}");
        return world;
    }

    public DateTimeOffset Now() => Noon.AddMilliseconds(++_ticks);

    public Guid Id() => new(++_ids, 7, 7, [1, 2, 3, 4, 5, 6, 7, 8]);

    /// <summary>One order with everything that follows from it.</summary>
    public (Guid Placed, Guid Ready) Order(string operation, string key)
    {
        Operation(operation, Outcome.Ok);
        Guid placed = Publish(Orders, OrderPlaced, operation, key);
        Handle(placed, Kitchen);
        Guid ready = Publish(Kitchen, MealReady, operation, key, placed);
        Handle(placed, Loyalty);
        Handle(ready, Orders);
        return (placed, ready);
    }

    public void Operation(string id, Outcome outcome, string reply = "{\"id\":1}", string name = "order")
    {
        DateTimeOffset at = Now();
        _operations.Add(new OperationRecord
        {
            Index = _operations.Count,
            Process = 1,
            Name = name,
            OperationId = id,
            InvokedAt = at,
            EndedAt = outcome == Outcome.Open ? null : at.AddMilliseconds(12),
            Outcome = outcome,
            Reply = outcome == Outcome.Ok ? JsonDocument.Parse(reply).RootElement : null,
        });
    }

    public Guid Publish(string service, string type, string operation, string key, Guid? cause = null, LedgerFact fact = LedgerFact.Published)
    {
        Guid id = Id();
        Add(new LedgerRow { Service = service, Fact = fact, MessageId = id, Type = type, Version = 1, Key = key, CausationId = cause, OperationId = operation, Position = Next(service), Instance = service + "-1", At = Now() });
        return id;
    }

    public void Handle(Guid message, string consumer, int attempt = 1)
    {
        LedgerRow origin = Origin(message);
        Add(origin with { Service = consumer, Fact = LedgerFact.Handled, Position = Next(consumer), Attempt = attempt, Instance = consumer + "-1", At = Now() });
        Add(origin with { Service = consumer, Fact = LedgerFact.Inbox, Position = 0, Instance = null, At = Now() });
    }

    public void State(Guid message, string service, LedgerFact fact, string? reason = null) =>
        Add(Origin(message) with { Service = service, Fact = fact, Position = 0, Reason = reason, Instance = null, At = Now() });

    public void Add(LedgerRow row) => _rows.Add(row);

    public void Remove(Guid message, string service, params LedgerFact[] facts) => _rows.RemoveAll(row => row.MessageId == message && row.Service == service && facts.Contains(row.Fact)).ShouldBeGreaterThan(0);

    public Firing Fire(Guid? message, string service, string point, string kind, Guid anomaly, string? operation = null)
    {
        LedgerRow? origin = message is { } id ? _rows.Find(row => row.MessageId == id) : null;
        var firing = new Firing(Firings.Count + 1, anomaly, service, service + "-1", point, kind, Firings.Count + 1, message, origin?.Type, origin?.Key, operation ?? origin?.OperationId, 1, Now());
        Firings.Add(firing);
        return firing;
    }

    public LedgerBuilder Builder()
    {
        var builder = new LedgerBuilder();
        Routes.ForEach(builder.Add);
        builder.Add(_rows);
        Firings.ForEach(builder.Add);
        return builder;
    }

    public MessageLedger Ledger() => Builder().Build();

    public History History() => Verification.Histories.History.Of(_operations);

    public CheckContext Context() => new() { History = History(), Ledger = Ledger(), LeftoverFaults = [], Drain = new DrainResult(true, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), []) };

    public LedgerRow Origin(Guid message) => _rows.First(row => row.MessageId == message);

    public LedgerRow Row(Guid message, string service, LedgerFact fact) => _rows.Single(row => row.MessageId == message && row.Service == service && row.Fact == fact);

    /// <summary>The message that the first order of a clean world places.</summary>
    public Guid First(string type) => _rows.First(row => row.Type == type && row.Fact == LedgerFact.Published).MessageId;

    private long Next(string service) => _positions[service] = _positions.GetValueOrDefault(service) + 1;

    public CellRun Run(Experiment experiment, params (FaultSpec Fault, Guid Anomaly)[] faults) => new()
    {
        Experiment = experiment with { Schedule = [.. faults.Select(fault => fault.Fault)] },
        Context = Context(),
        Firings = Firings,
        Faults = [.. faults.Select(fault => new FaultRun { Name = fault.Fault.Name, AnomalyIds = [fault.Anomaly], StartedAt = Noon, EndedAt = Noon.AddSeconds(1), Matched = 5, Executed = fault.Fault is DisruptionFault ? 1 : 0 })],
    };

    public static Experiment Experiment(string? expect = null, params string[] rules) => new()
    {
        Name = "cell",
        Title = "A cell",
        System = "shop",
        Workload = new WorkloadSpec { Name = "lunch", Operations = 20 },
        Seed = 42,
        ExpectViolation = expect,
        Invariants = [.. (rules.Length > 0 ? rules : ["nothing-lost", "effects-once", "order-per-key", "no-orphans", "balance"]).Select(rule => new InvariantSpec(rule, new Dictionary<string, JsonElement>()))],
    };

    public static AnomalyFault Anomaly(string kind, string point, string service, bool? transient = null) => new()
    {
        Name = $"{kind} at {point}",
        Kind = kind,
        Point = point,
        Service = service,
        Trigger = new TriggerSpec { Once = true },
        Parameters = transient is null ? null : new AnomalyParameters { Transient = transient },
    };
}
