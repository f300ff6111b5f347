using Faultline.Messaging.Consuming;
using Faultline.Messaging.Outbox;
using Faultline.Messaging.Running;
using Faultline.Messaging.Topology;
using Faultline.Protocol.Services;
using Microsoft.Extensions.Configuration;

namespace Faultline.Hosting.Configuration;

/// <summary>How one service instance is started, from the section <c>Faultline</c> of the configuration (JSON, environment variables like <c>Faultline__Instance</c>, command line).</summary>
public sealed class ServiceSettings
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Faultline";

    /// <summary>The name of this instance, unique among the instances of the service; default the service's last name and the process id.</summary>
    public string? Instance { get; set; }

    /// <summary>The connection string of the service's own database. A secret: never logged.</summary>
    public string? Database { get; set; }

    /// <summary>How whoever judges the service reaches the same database, when <see cref="Database"/> goes over a link that may be cut: its ledger, its anomalies and guards. A secret: never logged.</summary>
    /// <value>Null: as <see cref="Database"/>.</value>
    public string? WatchDatabase { get; set; }

    /// <summary>How whoever judges the service reaches the same broker, when <see cref="BrokerConnection"/> goes over a link that may be cut. A secret: never logged.</summary>
    /// <value>Null: as <see cref="BrokerConnection"/>.</value>
    public string? WatchBroker { get; set; }

    /// <summary>Which broker: <c>postgresql</c> or <c>rabbitmq</c>.</summary>
    public string Broker { get; set; } = BrokerNames.PostgreSql;

    /// <summary>How to reach the broker. A secret: never logged.</summary>
    public string? BrokerConnection { get; set; }

    /// <summary>The secret of the control endpoints; without it they do not exist.</summary>
    public string? ControlToken { get; set; }

    /// <summary>A secret that all services of a system share, to know what another of them has signed; at least 32 characters. Set by the lab. Never logged.</summary>
    /// <value>Null: services that need it do not start.</value>
    public string? SystemKey { get; set; }

    /// <summary>The folder for what the service keeps outside of its database, such as files that it hands to others; shared by its instances, and created by whoever writes into it first. A lab gives each service one of its own, and <c>reset</c> wipes it.</summary>
    /// <value>Null: it has none, and must be told otherwise where its files go.</value>
    public string? Data { get; set; }

    /// <summary>Whether business transactions write audit rows.</summary>
    public bool Audit { get; set; }

    /// <summary>Whether the process ends when its standard input does: set by a lab, whose death its services must not outlive.</summary>
    public bool StopWithInput { get; set; }

    /// <summary>The lab that shows what this service does, as <c>http://127.0.0.1:21000</c>: set by the lab. Beside it the standard variables of OpenTelemetry go on to say where else telemetry goes.</summary>
    public string? LabTelemetry { get; set; }

    /// <summary>What the lab knows its own services by. A secret: never logged.</summary>
    public string? LabTelemetryKey { get; set; }

    /// <summary>Partitions of each queue; the same in all services of a system.</summary>
    public int Partitions { get; set; } = SystemTopology.DefaultPartitions;

    /// <summary>Where the services answer that this one calls, by their last name, such as <c>menu</c>.</summary>
    public Dictionary<string, string> Peers { get; set; } = [];

    /// <summary>The relay's options.</summary>
    public RelayOptions Relay { get; set; } = new();

    /// <summary>The consumer's options.</summary>
    public ConsumerOptions Consumer { get; set; } = new();

    /// <summary>Reads the section of a configuration.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="consumer">How the service consumes where the configuration does not say.</param>
    public static ServiceSettings Of(IConfiguration configuration, ConsumerOptions consumer)
    {
        // A copy, because the binder writes into what it finds.
        var settings = new ServiceSettings { Consumer = consumer with { Retry = consumer.Retry with { } } };
        configuration.GetSection(Section).Bind(settings);
        return settings;
    }

    /// <summary>Everything that is wrong, each with what is allowed; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Database)) yield return "Faultline:Database is missing; it must be the connection string of the service's own database";
        if (string.IsNullOrWhiteSpace(BrokerConnection)) yield return "Faultline:BrokerConnection is missing; it must say how to reach the broker";
        if (Partitions is < 1 or > 256) yield return $"Faultline:Partitions is {Partitions}; it must be 1 to 256";
        if (Instance is { } name && (name.Length is 0 or > 60 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.'))) yield return $"Faultline:Instance is '{name}'; it must have 1 to 60 letters, digits, dots and dashes";
        foreach ((string peer, string address) in Peers)
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https")) yield return $"Faultline:Peers:{peer} is '{address}'; it must be like http://127.0.0.1:8081";
        }

        if (LabTelemetry is not null && !Uri.TryCreate(LabTelemetry, UriKind.Absolute, out _)) yield return $"Faultline:LabTelemetry is '{LabTelemetry}'; it must be like http://127.0.0.1:21000";

        foreach (string problem in Relay.Problems()) yield return $"Faultline:{problem}";
        foreach (string problem in Consumer.Problems()) yield return $"Faultline:{problem}";
    }

    /// <summary>The options of the messaging core.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    public MessagingOptions MessagingOptions(string service) => new()
    {
        Service = service,
        Instance = Instance ?? $"{service[(service.IndexOf('/') + 1)..]}-{Environment.ProcessId}",
        Relay = Relay,
        Consumer = Consumer,
    };
}

/// <summary>The configuration keeps a service from starting: one sentence that says what is wrong and what is allowed.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="message">The sentence.</param>
    public ConfigurationException(string message)
        : base(message)
    {
    }
}
