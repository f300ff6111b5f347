using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Faultline.Messaging.Envelopes;

namespace Faultline.Messaging.Publishing;

/// <summary>The way from older bodies to one CLR type. Immutable; safe for all threads.</summary>
internal sealed class Upcaster
{
    private static readonly MethodInfo Generic = typeof(Upcaster).GetMethod(nameof(From), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly Func<JsonObject, int, JsonObject> _step;

    private Upcaster(Type message, int oldest, Func<JsonObject, int, JsonObject> step) => (Message, Oldest, _step) = (message, oldest, step);

    /// <summary>The type that is reached.</summary>
    public Type Message { get; }

    /// <summary>The oldest version that leads to it.</summary>
    public int Oldest { get; }

    /// <summary>The way to a type; null when the type is no <see cref="IUpcast"/>.</summary>
    /// <param name="message">The CLR type.</param>
    /// <param name="version">Its version.</param>
    /// <exception cref="ArgumentException">The oldest version is not before the type's own.</exception>
    public static Upcaster? Of(Type message, int version)
    {
        if (!typeof(IUpcast).IsAssignableFrom(message)) return null;

        var upcaster = (Upcaster)Generic.MakeGenericMethod(message).Invoke(null, null)!;
        return upcaster.Oldest >= 1 && upcaster.Oldest < version
            ? upcaster
            : throw new ArgumentException($"{message.Name} is version {version} and reads bodies from version {upcaster.Oldest} on; its OldestVersion must be 1 to {version - 1}", nameof(message));
    }

    /// <summary>Brings a body to the version of the type.</summary>
    /// <param name="envelope">The message as it arrived, of an older version.</param>
    /// <param name="version">The version of the type.</param>
    /// <exception cref="UndecodableException">It is no JSON object, or a step failed.</exception>
    public JsonObject Run(Envelope envelope, int version)
    {
        JsonObject? body = null;
        int at = envelope.Version;
        try
        {
            body = JsonNode.Parse(envelope.Body.Span) as JsonObject ?? throw new JsonException("it is no JSON object");
            for (; at < version; at++) body = _step(body, at) ?? throw new JsonException("the step gave nothing back");
            return body;
        }
        catch (Exception error) when (error is not (OutOfMemoryException or OperationCanceledException))
        {
            // The step is the author's code: whatever it fails with, it will fail with again.
            string what = body is null ? "cannot be read" : $"cannot be brought from version {at} to {at + 1}";
            throw new UndecodableException($"the body of '{envelope.Type}' version {envelope.Version} {what}: {error.Message}", error);
        }
    }

    private static Upcaster From<TMessage>()
        where TMessage : IUpcast => new(typeof(TMessage), TMessage.OldestVersion, TMessage.Upcast);
}
