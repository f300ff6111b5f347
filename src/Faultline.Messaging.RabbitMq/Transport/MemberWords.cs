using System.Text.Json;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>What a consumer tells the others of its service.</summary>
/// <param name="Id">Its id; a consumer that joins again has a new one.</param>
/// <param name="Owned">The partitions that it has and keeps.</param>
/// <param name="Asks">Whether the others should tell theirs.</param>
/// <param name="Leaves">Whether this is its last word.</param>
internal sealed record MemberState(string Id, IReadOnlyList<int> Owned, bool Asks, bool Leaves);

/// <summary>What a consumer answers when it is asked what it has in hand.</summary>
/// <param name="Unsettled">For each of its partitions how many messages it has that are not acknowledged.</param>
/// <param name="OldestTicks">When the oldest of them was sent; 0 when there is none.</param>
internal sealed record HoldingsAnswer(Dictionary<int, int> Unsettled, long OldestTicks);

/// <summary>The words among the consumers of a service, as bytes.</summary>
internal static class MemberWords
{
    /// <summary>The type of a <see cref="MemberState"/>.</summary>
    public const string State = "faultline.member-state";

    /// <summary>The type of the question what is in hand; it has no body.</summary>
    public const string Holdings = "faultline.holdings";

    /// <summary>Writes one.</summary>
    public static ReadOnlyMemory<byte> Write<T>(T word) => JsonSerializer.SerializeToUtf8Bytes(word);

    /// <summary>Reads one; null and the reason when it cannot be read.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> bytes, out string? why)
        where T : class
    {
        why = null;
        try
        {
            return JsonSerializer.Deserialize<T>(bytes);
        }
        catch (JsonException error)
        {
            why = error.Message;
            return null;
        }
    }
}
