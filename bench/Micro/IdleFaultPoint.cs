using BenchmarkDotNet.Attributes;
using Faultline.Anomalies;
using Faultline.Protocol.Faults;

namespace Faultline.Bench.Micro;

/// <summary>What a fault point costs while nothing is set there. Goals: at most 5 ns with no anomaly at all, at most 20 ns with 100 on other points, 0 bytes.</summary>
[MemoryDiagnoser]
public class IdleFaultPoint
{
    private const int Visits = 1_000;

    private FaultPipeline _points = null!;

    /// <summary>How many anomalies are set on other points.</summary>
    [Params(0, 100)]
    public int AnomaliesElsewhere { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        var store = new MemoryControlStore();
        _points = new FaultPipeline("bench-1", store, TimeProvider.System);
        using var panel = new ControlPanel("bench/service", store, _points, TimeProvider.System);
        FaultPoint[] others = [.. FaultPoints.All.Where(point => point != FaultPoints.ConsumeHandleBefore)];
        for (int number = 0; number < AnomaliesElsewhere; number++) await panel.PlaceAsync(Delay(others[number % others.Length]), CancellationToken.None);
        await panel.RefreshAsync(CancellationToken.None);
    }

    /// <summary>The same work without a fault point: what the loop itself costs.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Visits)]
    public int Nothing()
    {
        int steps = 0;
        for (int visit = 0; visit < Visits; visit++) steps += visit & 1;
        return steps;
    }

    [Benchmark(OperationsPerInvoke = Visits)]
    public int IdlePoint()
    {
        int steps = 0;
        for (int visit = 0; visit < Visits; visit++)
        {
            steps += visit & 1;
            if (_points.IsArmed(FaultPoints.ConsumeHandleBefore)) throw new InvalidOperationException("nothing is set at this point");
        }

        return steps;
    }

    [GlobalCleanup]
    public void CleanUp() => _points.Dispose();

    private static Anomaly Delay(FaultPoint point) => new()
    {
        Id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
        Service = "bench/service",
        Point = point.Name,
        Kind = FaultKinds.Delay,
        Parameters = new AnomalyParameters { DelayMs = 1 },
        Match = new MatchSpec(),
        Seed = 1,
        CreatedBy = "bench",
        CreatedAt = TimeProvider.System.GetUtcNow(),
        Order = 0,
    };
}
