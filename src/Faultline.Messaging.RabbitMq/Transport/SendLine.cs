using System.Buffers.Binary;
using System.Security.Cryptography;
using Faultline.Messaging.Transport;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>One message on its way out.</summary>
internal readonly record struct Outgoing(string Exchange, string RoutingKey, bool Mandatory, BasicProperties Properties, ReadOnlyMemory<byte> Body);

/// <summary>A connection that sends, with one channel in confirm mode. It never consumes: the broker stops reading from connections that publish while it is short of memory.</summary>
internal sealed class SendLine : IAsyncDisposable
{
    private readonly BrokerConnector _connector;
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly ConfirmLedger _ledger = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly long _tagBase = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
    private volatile string? _blocked;
    private volatile bool _ended;

    private SendLine(BrokerConnector connector, IConnection connection, IChannel channel)
    {
        (_connector, _connection, _channel) = (connector, connection, channel);
        connection.ConnectionBlockedAsync += OnBlockedAsync;
        connection.ConnectionUnblockedAsync += OnUnblockedAsync;
        channel.BasicAcksAsync += OnAckAsync;
        channel.BasicNacksAsync += OnNackAsync;
        channel.BasicReturnAsync += OnReturnAsync;
        channel.ChannelShutdownAsync += OnShutdownAsync;
        if (!channel.IsOpen) End(channel.CloseReason); // It may have ended before anybody listened.
    }

    /// <summary>Whether it can still be used.</summary>
    public bool IsOpen => !_ended && _channel.IsOpen;

    /// <summary>Why the broker takes nothing for now; null when it does.</summary>
    public string? Blocked => _blocked;

    /// <summary>Why the broker closed the channel; 0 when it did not.</summary>
    public ushort CloseCode => _channel.CloseReason?.ReplyCode ?? 0;

    /// <summary>The connection, for channels of one use.</summary>
    public IConnection Connection => _connection;

    /// <summary>Connects.</summary>
    public static async Task<SendLine> OpenAsync(BrokerConnector connector, CancellationToken stop)
    {
        IConnection connection = await connector.ConnectAsync("send", stop);
        try
        {
            IChannel channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false), stop);
            return new SendLine(connector, connection, channel);
        }
        catch
        {
            await connector.DropAsync(connection); // It was opened here, and nobody else knows of it.
            throw;
        }
    }

    /// <summary>Sends all, and returns when the broker has answered for each.</summary>
    public async Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<Outgoing> messages, CancellationToken stop)
    {
        SendBatch batch = new(messages.Count);
        TimeSpan limit = _connector.Options.SendTimeout;
        using CancellationTokenSource late = new(limit, _connector.Time);
        try
        {
            using (CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop)) await _turn.WaitAsync(either.Token);

            // From here on the caller may leave, and the batch goes out whole: half a frame, or a number that the broker counts otherwise, would be worse.
            Task publishing = PublishAsync(messages, batch, late.Token);
            await publishing.WaitAsync(stop);
            return await batch.Answered.WaitAsync(late.Token).WaitAsync(stop);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            string reason = _blocked is { } blocked ? $"RabbitMQ takes no messages for now ({blocked})" : "RabbitMQ did not confirm";
            throw new TransportException($"sending {messages.Count} messages: {reason} within {limit.TotalSeconds:0.#} s");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _ended = true;
        _ledger.Break(new TransportException("the transport was closed"));
        if (_blocked is null) await _connector.CloseAsync(_connection);
        else await _connector.DropAsync(_connection);
    }

    /// <summary>Ends it: what is open is unknown.</summary>
    public async Task BreakAsync(Exception why)
    {
        _ended = true;
        _ledger.Break(why);
        await _connector.DropAsync(_connection);
    }

    private async Task PublishAsync(IReadOnlyList<Outgoing> messages, SendBatch batch, CancellationToken late)
    {
        try
        {
            for (int index = 0; index < messages.Count; index++)
            {
                Outgoing message = messages[index];
                ulong number = _ledger.Add(batch, index);
                message.Properties.Headers![Wire.TagHeader] = unchecked(_tagBase + (long)number);
                await _channel.BasicPublishAsync(message.Exchange, message.RoutingKey, message.Mandatory, message.Properties, message.Body, late);
            }
        }
        catch (Exception error)
        {
            // Nobody knows whether the broker counts the message that failed: the numbers of this channel mean nothing any more.
            await BreakAsync(error);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task OnAckAsync(object sender, BasicAckEventArgs answer)
    {
        _ledger.Answer(answer.DeliveryTag, answer.Multiple, SendOutcome.Confirmed);
        return Task.CompletedTask;
    }

    private Task OnNackAsync(object sender, BasicNackEventArgs answer)
    {
        _ledger.Answer(answer.DeliveryTag, answer.Multiple, SendOutcome.Refused);
        return Task.CompletedTask;
    }

    private Task OnReturnAsync(object sender, BasicReturnEventArgs returned)
    {
        if (returned.BasicProperties.Headers?.TryGetValue(Wire.TagHeader, out object? tag) == true && tag is long number) _ledger.Return(unchecked((ulong)(number - _tagBase)));
        return Task.CompletedTask;
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        End(reason);
        return Task.CompletedTask;
    }

    private Task OnBlockedAsync(object sender, ConnectionBlockedEventArgs blocked)
    {
        _blocked = blocked.Reason;
        RabbitLog.Blocked(_connector.Log, blocked.Reason);
        return Task.CompletedTask;
    }

    private Task OnUnblockedAsync(object sender, AsyncEventArgs unblocked)
    {
        _blocked = null;
        RabbitLog.Unblocked(_connector.Log);
        return Task.CompletedTask;
    }

    private void End(ShutdownEventArgs? reason)
    {
        string why = reason is null ? "it ended" : TransportFailures.Describe(reason);
        if (!_ended) RabbitLog.LineLost(_connector.Log, why);
        _ended = true;
        _ledger.Break(new TransportException($"the connection to the broker broke: {why}"));
    }
}
