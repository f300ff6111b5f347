using System.Collections.Concurrent;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>Everything that a transport sends. A line that broke is replaced at the next use; a broker that is away fails that use at once.</summary>
internal sealed class Sender(BrokerConnector connector) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly ConcurrentDictionary<string, int> _partitions = [];
    private readonly ConcurrentDictionary<string, bool> _exchanges = [];
    private SendLine? _line;
    private bool _disposed;

    /// <summary>Notes which exchanges there are, and how many partitions the queues behind them have.</summary>
    public void Learn(IEnumerable<string> services, int partitions)
    {
        foreach (string service in services)
        {
            _partitions[service] = partitions;
            _exchanges[Names.Exchange(service)] = true;
        }
    }

    /// <summary>Sends messages to the exchanges of their publishers.</summary>
    public async Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<Envelope> batch, CancellationToken stop)
    {
        if (batch.Select(Wire.Refusal).FirstOrDefault(refusal => refusal is not null) is { } refused) throw new ArgumentException(refused, nameof(batch));

        SendLine line = await LineAsync(stop);
        DateTimeOffset now = connector.Time.GetUtcNow();
        SendOutcome[] outcomes = new SendOutcome[batch.Count];
        List<Outgoing> wire = new(batch.Count);
        List<int> places = new(batch.Count);
        for (int index = 0; index < batch.Count; index++)
        {
            Envelope message = batch[index];
            string exchange = Names.Exchange(message.Publisher);
            outcomes[index] = SendOutcome.Unroutable;
            if (!await ExistsAsync(line, exchange, stop)) continue;

            int partitions = _partitions.GetValueOrDefault(message.Publisher, SystemTopology.DefaultPartitions);
            string key = Names.Key(partitions, KeyHash.PartitionOf(message.Key, message.Id, partitions), message.Type);
            wire.Add(new Outgoing(exchange, key, Mandatory: true, Wire.PropertiesOf(message, now), message.Body));
            places.Add(index);
        }

        if (wire.Count == 0) return outcomes;

        IReadOnlyList<SendOutcome> sent = await SendAsync(line, wire, stop);
        for (int index = 0; index < sent.Count; index++) outcomes[places[index]] = sent[index];
        return outcomes;
    }

    /// <summary>Sends one message as it is; nothing is checked.</summary>
    public async Task<SendOutcome> SendAsync(Outgoing message, CancellationToken stop) => (await SendAsync(await LineAsync(stop), [message], stop))[0];

    /// <summary>The connection that sends.</summary>
    public async Task<IConnection> ConnectionAsync(CancellationToken stop) => (await LineAsync(stop)).Connection;

    /// <summary>A channel of one use on the connection that sends.</summary>
    public async Task<IChannel> OpenChannelAsync(CancellationToken stop) => await (await ConnectionAsync(stop)).CreateChannelAsync(cancellationToken: stop);

    /// <summary>Declares a fanout exchange, once.</summary>
    public async Task EnsureFanoutAsync(string exchange, CancellationToken stop)
    {
        if (_exchanges.ContainsKey(exchange)) return;

        await using IChannel channel = await OpenChannelAsync(stop);
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true, cancellationToken: stop);
        _exchanges[exchange] = true;
    }

    public async ValueTask DisposeAsync()
    {
        await _opening.WaitAsync();
        try
        {
            _disposed = true;
            if (_line is not null) await _line.DisposeAsync();
            _line = null;
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<IReadOnlyList<SendOutcome>> SendAsync(SendLine line, IReadOnlyList<Outgoing> wire, CancellationToken stop)
    {
        try
        {
            return await line.SendAsync(wire, stop);
        }
        catch
        {
            if (line.CloseCode == TransportFailures.NotFound) _exchanges.Clear(); // One that was known is gone: they are asked for again.
            throw;
        }
    }

    private async Task<SendLine> LineAsync(CancellationToken stop)
    {
        if (Volatile.Read(ref _line) is { IsOpen: true } open) return open;

        await _opening.WaitAsync(stop);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_line is { IsOpen: true } opened) return opened;

            if (_line is { } broken) await broken.BreakAsync(new TransportException("the connection to the broker broke"));
            _line = null;
            return _line = await SendLine.OpenAsync(connector, stop);
        }
        finally
        {
            _opening.Release();
        }
    }

    // Sending to an exchange that does not exist ends the channel, with everything on it.
    private async ValueTask<bool> ExistsAsync(SendLine line, string exchange, CancellationToken stop)
    {
        if (_exchanges.ContainsKey(exchange)) return true;

        await using IChannel channel = await line.Connection.CreateChannelAsync(cancellationToken: stop);
        try
        {
            await channel.ExchangeDeclarePassiveAsync(exchange, stop);
        }
        catch (Exception error) when (TransportFailures.CodeOf(error) == TransportFailures.NotFound)
        {
            return false;
        }

        _exchanges[exchange] = true;
        return true;
    }
}
