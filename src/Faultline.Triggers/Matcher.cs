namespace Faultline.Triggers;

/// <summary>What passes a fault point or a link, as a match looks at it.</summary>
public interface IMatchSubject
{
    /// <summary>The stable type name of a message, or null.</summary>
    string? MessageType { get; }

    /// <summary>The ordering key, or null.</summary>
    string? Key { get; }

    /// <summary>The id of the message, or null.</summary>
    Guid? MessageId { get; }

    /// <summary>HTTP method, or null.</summary>
    string? Method { get; }

    /// <summary>HTTP path, or null.</summary>
    string? Path { get; }

    /// <summary>Reads a header.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The value, or null when absent.</returns>
    string? Header(string name);
}

/// <summary>Which subjects a fault looks at. Pure, immutable, safe for all threads. A part that is null matches everything.</summary>
/// <param name="MessageType">Equal, with case.</param>
/// <param name="Key">Equal, with case.</param>
/// <param name="MessageId">Equal.</param>
/// <param name="Headers">Each must be there with exactly this value.</param>
/// <param name="Method">Equal, in any case.</param>
/// <param name="Path">Equal; with a trailing <c>*</c> a prefix.</param>
public sealed record Matcher(
    string? MessageType = null, string? Key = null, Guid? MessageId = null, IReadOnlyDictionary<string, string>? Headers = null, string? Method = null, string? Path = null)
{
    /// <summary>Whether every given part agrees with the subject.</summary>
    /// <param name="subject">What passes.</param>
    public bool Matches(IMatchSubject subject) =>
        (MessageType is null || MessageType == subject.MessageType)
        && (Key is null || Key == subject.Key)
        && (MessageId is null || MessageId == subject.MessageId)
        && (Method is null || string.Equals(Method, subject.Method, StringComparison.OrdinalIgnoreCase))
        && (Path is null || PathMatches(Path, subject.Path))
        && (Headers is null || Headers.All(header => subject.Header(header.Key) == header.Value));

    private static bool PathMatches(string pattern, string? path) =>
        path is not null && (pattern.EndsWith('*') ? path.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : path == pattern);
}
