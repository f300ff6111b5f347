using System.Globalization;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>What sessions of one queue tell each other by NOTIFY.</summary>
internal static class QueueSignals
{
    /// <summary>The members or their partitions changed.</summary>
    public const string Members = "members";

    private const string MessagesPrefix = "messages ";

    /// <summary>The channel of a queue; a stream is told by the negative of its id.</summary>
    public static string Channel(int queue) => queue >= 0 ? $"faultline_queue_{queue}" : $"faultline_stream_{-queue}";

    /// <summary>Messages were stored in these partitions.</summary>
    public static string Messages(IEnumerable<int> partitions) => MessagesPrefix + string.Join(',', partitions);

    /// <summary>The partitions of <see cref="Messages"/>; empty for other signals, and for what nobody of ours wrote.</summary>
    public static IEnumerable<int> PartitionsOf(string payload)
    {
        if (!payload.StartsWith(MessagesPrefix, StringComparison.Ordinal)) yield break;

        foreach (string part in payload[MessagesPrefix.Length..].Split(','))
        {
            if (int.TryParse(part, CultureInfo.InvariantCulture, out int partition)) yield return partition;
        }
    }
}
