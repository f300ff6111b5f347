using System.Diagnostics;
using Faultline.Bench.Throughput.Business;
using Faultline.Bench.Throughput.Contenders;

namespace Faultline.Bench.Throughput.Roles;

/// <summary>The load: producers at once, each commits one order after the other for keys of its own.</summary>
internal sealed class ProducerLoad(RoleSetup setup, IProducerSide side)
{
    private readonly OrderMaker[] _makers = [.. Enumerable.Range(0, setup.Producers).Select(producer => new OrderMaker(producer, setup))];

    /// <summary>Commits that many orders as fast as it goes.</summary>
    public async Task BurstAsync(int count)
    {
        int taken = 0;
        await Task.WhenAll(Enumerable.Range(0, setup.Producers).Select(producer => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref taken) <= count) await side.CommitAsync(producer, _makers[producer].Next(), CancellationToken.None);
        })));
    }

    /// <summary>Commits that many orders at a fixed rate, each producer in its turn.</summary>
    /// <returns>How late the worst transaction began, in milliseconds: when this is much, the rate was not held.</returns>
    public async Task<double> PacedAsync(int count, int rate)
    {
        long start = Stopwatch.GetTimestamp();
        double[] latest = await Task.WhenAll(Enumerable.Range(0, setup.Producers).Select(producer => Task.Run(async () =>
        {
            var late = TimeSpan.Zero;
            for (int at = producer; at < count; at += setup.Producers)
            {
                TimeSpan due = TimeSpan.FromSeconds((double)at / rate);
                TimeSpan wait = due - Stopwatch.GetElapsedTime(start);
                if (wait > TimeSpan.Zero) await Task.Delay(wait, TimeProvider.System);
                late = TimeSpan.FromTicks(Math.Max(late.Ticks, (Stopwatch.GetElapsedTime(start) - due).Ticks));
                await side.CommitAsync(producer, _makers[producer].Next(), CancellationToken.None);
            }

            return late.TotalMilliseconds;
        })));
        return latest.Max();
    }
}
