using System.Security.Cryptography;
using System.Threading.Channels;
using Faultline.Messaging.Transport;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>
/// How one consumer and the others of its service hear of each other. Its inbox belongs to its connection alone and vanishes with it: whether another member lives is a question to the broker,
/// and needs no beats.
/// </summary>
internal sealed class MemberLine
{
    private readonly IConnection _connection;
    private readonly Sender _sender;
    private readonly string _service;

    private MemberLine(IConnection connection, Sender sender, string service, string id) => (_connection, _sender, _service, Id) = (connection, sender, service, id);

    /// <summary>The id of this member; one that joins again has a new one.</summary>
    public string Id { get; }

    /// <summary>Opens the inbox.</summary>
    public static async Task<MemberLine> OpenAsync(IConnection connection, Sender sender, string service, ChannelWriter<Happening> heard, Action<string> strange, CancellationToken stop)
    {
        MemberLine line = new(connection, sender, service, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        IChannel channel = await connection.CreateChannelAsync(cancellationToken: stop);
        string inbox = Names.Member(service, line.Id);
        await channel.ExchangeDeclareAsync(Names.Members(service), ExchangeType.Fanout, durable: true, cancellationToken: stop);
        await channel.QueueDeclareAsync(inbox, durable: false, exclusive: true, autoDelete: true, cancellationToken: stop);
        await channel.QueueBindAsync(inbox, Names.Members(service), "", cancellationToken: stop);
        await channel.BasicConsumeAsync(inbox, autoAck: true, new MemberEars(channel, heard, strange), stop);
        return line;
    }

    /// <summary>Tells all members, this one included.</summary>
    public async Task<string?> TellAsync(MemberState state, CancellationToken stop)
    {
        BasicProperties properties = new() { Type = MemberWords.State, Headers = new Dictionary<string, object?>() };
        return await TrySendAsync(new Outgoing(Names.Members(_service), "", Mandatory: false, properties, MemberWords.Write(state)), stop);
    }

    /// <summary>Answers somebody who asked.</summary>
    public async Task<string?> AnswerAsync(string replyTo, HoldingsAnswer answer, CancellationToken stop) =>
        await TrySendAsync(new Outgoing("", replyTo, Mandatory: false, new BasicProperties { Headers = new Dictionary<string, object?>() }, MemberWords.Write(answer)), stop);

    /// <summary>Whether another member lives: its inbox is there, and locked by its connection.</summary>
    public async Task<bool> IsAliveAsync(string member, CancellationToken stop)
    {
        await using IChannel channel = await _connection.CreateChannelAsync(cancellationToken: stop);
        try
        {
            await channel.QueueDeclarePassiveAsync(Names.Member(_service, member), stop);
            return true;
        }
        catch (Exception error) when (TransportFailures.CodeOf(error) is TransportFailures.NotFound or TransportFailures.Locked)
        {
            return TransportFailures.CodeOf(error) == TransportFailures.Locked;
        }
    }

    // Null when it went out, or why it did not.
    private async Task<string?> TrySendAsync(Outgoing message, CancellationToken stop)
    {
        try
        {
            await _sender.SendAsync(message, stop);
            return null;
        }
        catch (Exception error) when (error is TransportException or OperationCanceledException || TransportFailures.IsBroker(error))
        {
            return TransportFailures.Describe(error);
        }
    }
}
