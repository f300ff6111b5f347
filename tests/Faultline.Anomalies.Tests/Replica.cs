using Faultline.Protocol.Faults;
using Faultline.TestSupport;

namespace Faultline.Anomalies.Tests;

/// <summary>One instance of a service, with fault points, control panel, and a store that it may share with others.</summary>
internal sealed class Replica : IDisposable
{
    public const string Service = "shop/orders";

    private static long _lastId;

    public Replica(string instance = "orders-1", IControlStore? store = null, ManualTime? time = null, Action? crash = null)
    {
        Time = time ?? new ManualTime();
        Store = store ?? new MemoryControlStore();
        Points = new FaultPipeline(instance, Store, Time, log: null, crash ?? (() => throw new InvalidOperationException("the process would be dead by now")));
        Panel = new ControlPanel(Service, Store, Points, Time);
    }

    public ManualTime Time { get; }

    public IControlStore Store { get; }

    public FaultPipeline Points { get; }

    public ControlPanel Panel { get; }

    public static Anomaly AnomalyOf(FaultPoint point, string kind, AnomalyParameters? parameters = null, TriggerSpec? trigger = null, ulong seed = 1) => new()
    {
        Id = NewId(),
        Service = Service,
        Point = point.Name,
        Kind = kind,
        Parameters = parameters ?? new AnomalyParameters { DelayMs = 100 },
        Match = new MatchSpec(),
        Trigger = trigger,
        Seed = seed,
        CreatedBy = "test",
        CreatedAt = new ManualTime().GetUtcNow(),
        Order = 0,
    };

    /// <summary>Counted, not drawn: a test must not depend on chance.</summary>
    public static Guid NewId() => new($"00000000-0000-7000-8000-{Interlocked.Increment(ref _lastId):x12}");

    public static Passage PassageOf(string type = "order-placed", string? key = null, string? operation = null, int attempt = 1, byte[]? body = null) =>
        new() { MessageId = NewId(), MessageType = type, Key = key, OperationId = operation, Attempt = attempt, Body = body ?? [1, 2, 3, 4], Item = "the delivery" };

    public async Task<Anomaly> PlaceAsync(Anomaly anomaly) => (await Panel.PlaceAsync(anomaly, CancellationToken.None)).Anomaly;

    public Task<Anomaly> PlaceAsync(FaultPoint point, string kind, AnomalyParameters? parameters = null, TriggerSpec? trigger = null) =>
        PlaceAsync(AnomalyOf(point, kind, parameters, trigger));

    public async Task<Passage> PassAsync(FaultPoint point, Passage? passage = null)
    {
        passage ??= PassageOf();
        await Points.PassAsync(point, passage, CancellationToken.None).AsTask().EndsAsync();
        return passage;
    }

    public async Task<Anomaly> CountersAsync(Guid id) => (await Panel.ListAsync(CancellationToken.None)).Single(anomaly => anomaly.Id == id);

    public async Task<IReadOnlyList<Firing>> FiringsAsync() => await Panel.ListFiringsAsync(0, 10_000, CancellationToken.None);

    public void Dispose()
    {
        Points.Dispose();
        Panel.Dispose();
    }
}
