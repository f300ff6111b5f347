namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>Who consumes what.</summary>
/// <param name="Service">The service.</param>
/// <param name="Instance">The consumer's name, for people.</param>
/// <param name="UnsettledMax">At most this many deliveries are in hand.</param>
internal sealed record QueueConsumer(string Service, string Instance, int UnsettledMax)
{
    /// <summary>How much the broker may send ahead for one partition.</summary>
    public ushort PrefetchOf(int partitions, int prefetchMin) => (ushort)Math.Clamp(Math.Max(UnsettledMax / partitions, Math.Min(UnsettledMax, prefetchMin)), 1, ushort.MaxValue);
}
