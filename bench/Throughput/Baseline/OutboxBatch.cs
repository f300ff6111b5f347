namespace Faultline.Bench.Throughput.Baseline;

/// <summary>Rows of the outbox, column by column; filled anew for each batch.</summary>
internal sealed class OutboxBatch
{
    public List<long> Ids { get; } = [];

    public List<Guid> MessageIds { get; } = [];

    public List<string> Types { get; } = [];

    public List<string> Keys { get; } = [];

    public List<byte[]> Bodies { get; } = [];

    public void Clear()
    {
        Ids.Clear();
        MessageIds.Clear();
        Types.Clear();
        Keys.Clear();
        Bodies.Clear();
    }
}
