using System.Text.Json.Nodes;

namespace Faultline.Messaging.Contracts;

/// <summary>
/// How a transport carries what a system declares, in the words of AsyncAPI: what its own code creates and writes, told by the transport itself. Immutable; safe for all threads.
/// </summary>
public sealed record TransportContract
{
    /// <summary>The name that a person uses, for example <c>rabbitmq</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Under which key its bindings stand: a protocol that AsyncAPI knows, or an extension, which begins with <c>x-</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Makes its server object.</summary>
    public required Func<JsonObject> Server { get; init; }

    /// <summary>Makes the binding of a channel, which carries one message type of one publisher: publisher, type.</summary>
    public required Func<string, string, JsonObject> Channel { get; init; }

    /// <summary>Makes the binding of sending.</summary>
    public required Func<JsonObject> Send { get; init; }

    /// <summary>Makes the binding of receiving: the consuming service, and the partitions of its queue.</summary>
    public required Func<string, int, JsonObject> Receive { get; init; }

    /// <summary>Where a field of the envelope travels, for example <c>header x-fl-version</c>; the fields are those of <see cref="EnvelopeSchema"/>.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }
}
