namespace Faultline.Protocol.Services;

/// <summary>The brokers that a system can run on.</summary>
public static class BrokerNames
{
    /// <summary>Queues as tables of PostgreSQL: the embedded default.</summary>
    public const string PostgreSql = "postgresql";

    /// <summary>RabbitMQ.</summary>
    public const string RabbitMq = "rabbitmq";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [PostgreSql, RabbitMq];

    /// <summary>What a broker is called as the target of a disruption, on whichever broker a system runs.</summary>
    public const string Target = "broker";

    /// <summary>The server behind <see cref="Target"/>.</summary>
    /// <param name="broker">The broker of the system.</param>
    public static string ServerOf(string broker) => broker == RabbitMq ? "rabbitmq/queue" : "postgres/queue";
}
