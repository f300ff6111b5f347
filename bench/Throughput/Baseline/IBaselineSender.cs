namespace Faultline.Bench.Throughput.Baseline;

/// <summary>How the relay of the baseline hands a batch to the broker. Used by one loop at a time.</summary>
internal interface IBaselineSender : IAsyncDisposable
{
    Task OpenAsync(CancellationToken stop);

    /// <summary>Returns when the broker has confirmed every message; fails when it did not.</summary>
    Task SendAsync(OutboxBatch batch, CancellationToken stop);
}
