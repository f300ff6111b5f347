namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>Who consumes what.</summary>
/// <param name="Queue">The queue's number.</param>
/// <param name="Name">Its name, for people.</param>
/// <param name="Instance">The consumer's name, for people.</param>
/// <param name="UnsettledMax">At most this many deliveries are in hand.</param>
internal sealed record QueueConsumer(int Queue, string Name, string Instance, int UnsettledMax);
