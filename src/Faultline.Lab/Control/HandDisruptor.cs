using Faultline.Lab.Problems;
using Faultline.Lab.Schedules;
using Faultline.Lab.Systems;
using Faultline.Triggers;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Control;

/// <summary>One look at the disruptor.</summary>
/// <param name="IsRunning">Whether it is at work.</param>
/// <param name="System">On which system; null when it is not.</param>
/// <param name="Seed">What decides its choices; the same choices come again with it.</param>
/// <param name="Done">How many times it took something down.</param>
/// <param name="Down">What it has down now.</param>
/// <param name="Last">What it did last, newest last.</param>
/// <param name="Problem">Why something could not be taken down or brought back.</param>
public sealed record DisruptorView(bool IsRunning, string? System, ulong? Seed, long Done, IReadOnlyList<string> Down, IReadOnlyList<FaultMark> Last, string? Problem);

/// <summary>The disruptor by hand: at work on one system until somebody stops it, or the lab ends. Thread-safe.</summary>
/// <param name="time">The clock.</param>
public sealed class HandDisruptor(TimeProvider time) : IAsyncDisposable
{
    private const int LastMax = 10;

    private readonly Lock _gate = new();
    private At? _work;

    /// <summary>One look at it.</summary>
    public DisruptorView View()
    {
        At? work;
        lock (_gate) work = _work;
        return work is null
            ? new DisruptorView(IsRunning: false, null, null, 0, [], [], null)
            : new DisruptorView(IsRunning: true, work.System, work.Seed.Value, work.Loop.Done, work.Loop.Down, [.. work.Loop.Marks.TakeLast(LastMax)], work.Loop.Problem);
    }

    /// <summary>Sets it to work.</summary>
    /// <param name="plan">What, how often and for how long.</param>
    /// <param name="system">On which system.</param>
    /// <param name="seed">Decides its choices.</param>
    /// <exception cref="LabException">It is at work already.</exception>
    public void Start(DisruptorFault plan, LabSystem system, Seed seed)
    {
        lock (_gate)
        {
            if (_work is { } other) throw new LabException($"The disruptor is at work on {other.System} already; stop it before.");
            var loop = new DisruptorLoop(plan, new FaultSite("by-hand", null, system, Shared: false, seed, time), seed);
            var over = new CancellationTokenSource();
            _work = new At(system.Spec.Name, seed, loop, over, loop.RunAsync(over.Token));
        }
    }

    /// <summary>Stops it, and returns when everything is back that it took down.</summary>
    /// <returns>What it did.</returns>
    public async Task<DisruptorView> StopAsync()
    {
        DisruptorView last = View();
        At? work;
        lock (_gate) (work, _work) = (_work, null);
        if (work is null) return last;

        await work.Over.CancelAsync();
        await work.Running;
        work.Over.Dispose();
        return last with { IsRunning = false, Down = work.Loop.Down, Done = work.Loop.Done, Problem = work.Loop.Problem };
    }

    /// <summary>Stops it.</summary>
    public async ValueTask DisposeAsync() => await StopAsync();

    private sealed record At(string System, Seed Seed, DisruptorLoop Loop, CancellationTokenSource Over, Task Running);
}
