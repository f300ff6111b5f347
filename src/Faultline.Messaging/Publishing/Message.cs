namespace Faultline.Messaging.Publishing;

/// <summary>A payload that travels between services: a record with a <see cref="MessageAttribute"/>.</summary>
public interface IMessage
{
    /// <summary>The ordering key: messages of one key from one service are handled in the order of their commits. Null means no order. Implement it explicitly, so that it is no part of the body.</summary>
    string? Key { get; }
}

/// <summary>Gives a message its stable name: the CLR name may change, this one may not.</summary>
/// <param name="type">Lower case letters, digits, dots and dashes; 1 to 200 characters; for example <c>ticketflow.inquiry-submitted</c>.</param>
/// <param name="version">From 1; a change that old consumers cannot read is a new version.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class MessageAttribute(string type, int version = 1) : Attribute
{
    /// <summary>The stable name.</summary>
    public string Type { get; } = type;

    /// <summary>The version.</summary>
    public int Version { get; } = version;
}
