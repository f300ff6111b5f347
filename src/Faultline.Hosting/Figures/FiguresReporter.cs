using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Faultline.Hosting.Figures;

/// <summary>
/// Reports the figures of this instance as long as the process: at once, then every <see cref="InstanceFigures.Interval"/>, and a last time when it is stopped. One report after the other: while one is under way, the next
/// is left out. A report that fails is dropped, and each outage is told once; business work never notices.
/// </summary>
/// <param name="source">Takes the figures.</param>
/// <param name="send">Sends a report, at most once.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to tell.</param>
internal sealed class FiguresReporter(FiguresSource source, Func<InstanceFigures, CancellationToken, Task> send, TimeProvider time, ILogger<FiguresReporter> log) : BackgroundService
{
    /// <summary>A report that takes longer is dropped; the next one is newer.</summary>
    public static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(10);

    /// <summary>The last report holds the end of the process up for no longer than this.</summary>
    public static readonly TimeSpan LastLimit = TimeSpan.FromMilliseconds(500);

    private readonly Outage _outage = new(why => FiguresLog.ReportFailed(log, why), () => FiguresLog.ReportsArrive(log));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(InstanceFigures.Interval, time);
        try
        {
            do
            {
                await SendAsync(source.Take(stoppingToken), SendLimit, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // Whatever was under way broke by the stop; this report says more than that one.
            await SendAsync(source.TakeLast(), LastLimit, CancellationToken.None);
        }
    }

    private async Task SendAsync(InstanceFigures report, TimeSpan within, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(within, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            await send(report, either.Token);
            _outage.Over();
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            _outage.Goes(limit.IsCancellationRequested ? $"not sent within {within.TotalSeconds:0.#} s" : error.Message);
        }
    }
}
