using Faultline.Messaging.Consuming;
using Faultline.Messaging.Outbox;

namespace Faultline.Messaging.Running;

/// <summary>How the messaging core of one process works.</summary>
public sealed record MessagingOptions
{
    /// <summary>The service, as <c>system/service</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The name of this instance, unique among the instances of the service.</summary>
    public required string Instance { get; init; }

    /// <summary>The relay.</summary>
    public RelayOptions Relay { get; init; } = new();

    /// <summary>The consumer.</summary>
    public ConsumerOptions Consumer { get; init; } = new();

    /// <summary>What is wrong with these options; empty when nothing is.</summary>
    public IEnumerable<string> Problems() => [.. Relay.Problems(), .. Consumer.Problems()];
}
