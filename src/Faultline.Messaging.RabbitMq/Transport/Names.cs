namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>What things are called at the broker. Never to be changed: processes of different builds meet here.</summary>
internal static class Names
{
    /// <summary>The broker's own way for answers: a consumer without a queue.</summary>
    public const string DirectReplies = "amq.rabbitmq.reply-to";

    /// <summary>The exchange that a service publishes to.</summary>
    public static string Exchange(string service) => service;

    /// <summary>The exchange that leads into the queues of a service.</summary>
    public static string Entry(string service) => $"{service}.in";

    /// <summary>The queue of one partition.</summary>
    public static string Queue(string service, int partition) => $"{service}.p{partition}";

    /// <summary>The queue in which the baton of a partition lies: whoever has it in hand owns the partition.</summary>
    public static string Owner(string service, int partition) => $"{service}.p{partition}.owner";

    /// <summary>The exchange by which the consumers of a service talk to each other.</summary>
    public static string Members(string service) => $"{service}.members";

    /// <summary>What starts the names of the inboxes of a service's consumers.</summary>
    public static string Member(string service, string id) => $"{service}.member.{id}";

    /// <summary>The exchange of the broadcasts to a service.</summary>
    public static string Broadcast(string service) => $"{service}.broadcast";

    /// <summary>The temporary queue of one instance.</summary>
    public static string Temporary(string service, string id) => $"{service}.temporary.{id}";

    /// <summary>A name that says how many partitions a service has. It stands as the alternate exchange of the entry, which makes the broker compare it; nothing is ever sent there.</summary>
    public static string Layout(string service, int partitions) => $"{service}.partitions-{partitions}";

    /// <summary>An exchange that stands when the broker has written down that it has a service's queues; nothing is ever sent there.</summary>
    public static string Settled(string service, int partitions) => $"{service}.settled-{partitions}";

    /// <summary>The routing key of a message. The number of partitions is in it: a sender that believes in another number reaches no queue instead of a wrong one.</summary>
    public static string Key(int partitions, int partition, string type) => $"{partitions}.{partition}.{type}";

    /// <summary>The binding that takes all messages of a type.</summary>
    public static string OfType(string type) => $"*.*.{type}";

    /// <summary>The binding that takes all messages of a partition.</summary>
    public static string OfPartition(int partitions, int partition) => $"{partitions}.{partition}.#";
}
