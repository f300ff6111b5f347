using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Schedules;

/// <summary>The disruptor as a fault of a schedule.</summary>
internal sealed class ScheduledDisruptor(DisruptorFault fault, FaultSite site) : ScheduledFault(fault, site)
{
    private readonly DisruptorLoop _loop = new(fault, site, site.SeedOf(fault.Name));
    private readonly CancellationTokenSource _over = new();
    private Task _running = Task.CompletedTask;

    public override bool HasFired => _loop.Done > 0;

    public override async Task CloseAsync()
    {
        await _over.CancelAsync();
        await _running;
    }

    protected override Task PlaceAsync(CancellationToken stop)
    {
        _running = _loop.RunAsync(_over.Token);
        return Task.CompletedTask;
    }

    protected override Task RemoveAsync(CancellationToken stop) => CloseAsync();

    protected override FaultRun Fill(FaultRun run) => run with { Executed = _loop.Done, Marks = _loop.Marks, Problem = _loop.Problem };
}
