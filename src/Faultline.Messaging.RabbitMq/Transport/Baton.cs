using System.Buffers.Binary;
using Faultline.Messaging.Transport;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>
/// The message that stands for the ownership of a partition. It lies in a queue with a single active consumer: the broker gives it to one consumer at a time, and to the next when that one dies.
/// It carries a note: the messages that the broker has delivered to the owner and that were not handed out. Everything else that was delivered may have been.
/// </summary>
internal static class Baton
{
    /// <summary>A baton without a note.</summary>
    public static ReadOnlyMemory<byte> Empty => ReadOnlyMemory<byte>.Empty;

    /// <summary>Its properties.</summary>
    /// <param name="id">Tells it from the one before.</param>
    public static BasicProperties Properties(string id) => new() { Type = "faultline.baton", MessageId = id, Persistent = true, Headers = new Dictionary<string, object?>() };

    /// <summary>A note as the body of a baton.</summary>
    public static ReadOnlyMemory<byte> Write(IReadOnlyCollection<long> tags)
    {
        byte[] body = new byte[tags.Count * sizeof(long)];
        int at = 0;
        foreach (long tag in tags)
        {
            BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(at), tag);
            at += sizeof(long);
        }

        return body;
    }

    /// <summary>The note in a body; empty when it is none.</summary>
    public static HashSet<long> Read(ReadOnlySpan<byte> body)
    {
        HashSet<long> tags = [];
        if (body.Length % sizeof(long) != 0) return tags;

        for (int at = 0; at < body.Length; at += sizeof(long)) tags.Add(BinaryPrimitives.ReadInt64LittleEndian(body[at..]));
        return tags;
    }

    /// <summary>Puts a new baton behind the one in hand. The one in hand is acknowledged afterwards, so that there is always one.</summary>
    public static async Task<bool> SendAsync(Sender sender, string service, int partition, string id, IReadOnlyCollection<long> note, CancellationToken stop)
    {
        try
        {
            return await sender.SendAsync(new Outgoing("", Names.Owner(service, partition), Mandatory: true, Properties(id), Write(note)), stop) == SendOutcome.Confirmed;
        }
        catch (Exception error) when (error is TransportException or OperationCanceledException || TransportFailures.IsBroker(error))
        {
            return false; // The old one stays in hand, and with it the old note, which is still true.
        }
    }
}
