using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Faultline.Messaging.Envelopes;
using Faultline.Protocol.Services;

namespace Faultline.Messaging.Publishing;

/// <summary>What cannot be read, and will not be readable when it is tried again.</summary>
public sealed class UndecodableException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="cause">What the deserializer said.</param>
    public UndecodableException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>The message types that a service knows, by CLR type and by stable name. Immutable; safe for all threads.</summary>
public sealed partial class MessageCatalogue
{
    private readonly FrozenDictionary<Type, MessageContract> _contracts;
    private readonly FrozenDictionary<(string Type, int Version), Type> _types;
    private readonly FrozenDictionary<string, (int Version, Upcaster Upcaster)[]> _upcasters;
    private readonly FrozenSet<string> _names;

    /// <summary>Creates it.</summary>
    /// <param name="messages">CLR types with a <see cref="MessageAttribute"/>.</param>
    /// <param name="reads">Those of them that are read; null for all. What a service only publishes it does not read: an older version that arrives is brought to the one that it has a handler for.</param>
    /// <exception cref="ArgumentException">A type lacks the attribute or has an unusable name or version, or two share a name and version.</exception>
    public MessageCatalogue(IEnumerable<Type> messages, IReadOnlyCollection<Type>? reads = null)
    {
        var contracts = new Dictionary<Type, MessageContract>();
        var types = new Dictionary<(string, int), Type>();
        foreach (Type message in messages.Distinct())
        {
            MessageContract contract = ContractOf(message);
            contracts.Add(message, contract);
            if (!types.TryAdd((contract.Type, contract.Version), message))
            {
                throw new ArgumentException($"{message.Name} and {types[(contract.Type, contract.Version)].Name} share the name '{contract.Type}' version {contract.Version}", nameof(messages));
            }
        }

        _contracts = contracts.ToFrozenDictionary();
        _types = types.Where(type => reads is null || reads.Contains(type.Value)).ToFrozenDictionary();
        _upcasters = _types.Select(type => (type.Key.Type, type.Key.Version, Upcaster: Upcaster.Of(type.Value, type.Key.Version))).Where(item => item.Upcaster is not null)
            .GroupBy(item => item.Type).ToFrozenDictionary(group => group.Key, group => group.Select(item => (item.Version, item.Upcaster!)).OrderBy(item => item.Version).ToArray());
        _names = _types.Keys.Select(key => key.Type).ToFrozenSet();
    }

    /// <summary>How bodies are written: camel case; unknown members are ignored, so that a producer may add some.</summary>
    public static JsonSerializerOptions Json { get; } = CreateJson();

    /// <summary>The stable name and version of a CLR type.</summary>
    /// <param name="message">The CLR type.</param>
    /// <exception cref="ArgumentException">It lacks the attribute, or has an unusable name or version.</exception>
    public static MessageContract ContractOf(Type message)
    {
        MessageAttribute attribute = message.GetCustomAttribute<MessageAttribute>()
            ?? throw new ArgumentException($"{message.Name} has no [Message] attribute; it needs one with its stable name, for example [Message(\"shop.order-placed\")]", nameof(message));
        if (!Name().IsMatch(attribute.Type))
        {
            throw new ArgumentException($"{message.Name} is named '{attribute.Type}'; a name has 1 to 200 lower case letters, digits, dots and dashes", nameof(message));
        }

        return attribute.Version < 1
            ? throw new ArgumentException($"{message.Name} has version {attribute.Version}; versions start at 1", nameof(message))
            : new MessageContract(attribute.Type, attribute.Version);
    }

    /// <summary>The contract of a message that this service publishes.</summary>
    /// <param name="message">The payload's CLR type.</param>
    /// <exception cref="InvalidOperationException">The service did not declare it.</exception>
    public MessageContract this[Type message] => _contracts.TryGetValue(message, out MessageContract? contract)
        ? contract
        : throw new InvalidOperationException($"{message.Name} is not declared by this service; add .Publishes<{message.Name}>() to its Configure");

    /// <summary>Writes a body.</summary>
    /// <param name="message">The payload.</param>
    /// <exception cref="InvalidOperationException">It is larger than <see cref="Envelope.BodyBytesMax"/>.</exception>
    public static byte[] Encode(IMessage message)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(message, message.GetType(), Json);
        return body.Length <= Envelope.BodyBytesMax
            ? body
            : throw new InvalidOperationException($"{message.GetType().Name} has a body of {body.Length} bytes; at most {Envelope.BodyBytesMax} travel in a message");
    }

    /// <summary>Reads a body.</summary>
    /// <param name="envelope">The message as it arrived.</param>
    /// <exception cref="UndecodableException">Its type or version is unknown here, or the body does not fit the type.</exception>
    public IMessage Decode(Envelope envelope)
    {
        if (_types.TryGetValue((envelope.Type, envelope.Version), out Type? type))
        {
            return Read(envelope, () => JsonSerializer.Deserialize(envelope.Body.Span, type, Json));
        }

        if (_upcasters.TryGetValue(envelope.Type, out (int Version, Upcaster Upcaster)[]? ways))
        {
            // The nearest version that the body can be brought to: the fewest steps.
            foreach ((int version, Upcaster upcaster) in ways.Where(way => way.Version > envelope.Version && way.Upcaster.Oldest <= envelope.Version))
            {
                JsonObject body = upcaster.Run(envelope, version);
                return Read(envelope, () => body.Deserialize(upcaster.Message, Json));
            }
        }

        throw new UndecodableException(_names.Contains(envelope.Type)
            ? $"version {envelope.Version} of '{envelope.Type}' is unknown here; known: {string.Join(", ", VersionsOf(envelope.Type))}"
            : $"message type '{envelope.Type}' is unknown here");
    }

    /// <summary>The versions of a message that can be read here, by a type of their own or by way of an upcaster, in rising order.</summary>
    /// <param name="type">The stable name.</param>
    public IReadOnlyList<int> VersionsOf(string type)
    {
        var versions = new SortedSet<int>(_types.Keys.Where(key => key.Type == type).Select(key => key.Version));
        foreach ((int version, Upcaster upcaster) in _upcasters.GetValueOrDefault(type, [])) versions.UnionWith(Enumerable.Range(upcaster.Oldest, version - upcaster.Oldest));
        return [.. versions];
    }

    private static IMessage Read(Envelope envelope, Func<object?> read)
    {
        try
        {
            return read() as IMessage ?? throw new UndecodableException($"the body of '{envelope.Type}' is null");
        }
        catch (Exception error) when (error is JsonException or ArgumentException or NotSupportedException or FormatException or InvalidOperationException)
        {
            throw new UndecodableException($"the body of '{envelope.Type}' version {envelope.Version} cannot be read: {error.Message}", error);
        }
    }

    private static JsonSerializerOptions CreateJson()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };
        options.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9.-]{0,198}[a-z0-9])?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
