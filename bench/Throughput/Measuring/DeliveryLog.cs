using System.Collections.Concurrent;
using System.Diagnostics;
using Faultline.Bench.Throughput.Business;

namespace Faultline.Bench.Throughput.Measuring;

/// <summary>What the consuming side tells of each message after its effect was committed: how long it took since its transaction began on the producing side. Thread-safe.</summary>
internal sealed class DeliveryLog
{
    private readonly ConcurrentQueue<long> _ticks = new();

    /// <summary>The effect of this order is committed now.</summary>
    public void Committed(OrderPlaced order) => _ticks.Enqueue(Stopwatch.GetTimestamp() - order.SentAt); // One monotonic clock for all processes of a machine.

    /// <summary>Forgets what was told so far.</summary>
    public void Reset() => _ticks.Clear();

    /// <summary>What was told since the last reset.</summary>
    public Latency ToLatency() => Latency.Of(_ticks);
}
