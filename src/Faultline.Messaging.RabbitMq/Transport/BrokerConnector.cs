using System.Text;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>Opens connections to one broker. The client library's own recovery is off: what was in hand must be given up visibly, not repaired behind our back.</summary>
internal sealed class BrokerConnector
{
    private readonly ConnectionFactory _factory;

    public BrokerConnector(Uri broker, RabbitMqTransportOptions options, TimeProvider time, ILogger log)
    {
        (Options, Time, Log) = (options, time, log);
        _factory = new ConnectionFactory
        {
            Uri = broker,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedHeartbeat = options.Heartbeat,
            RequestedConnectionTimeout = options.AnswerTimeout,
            HandshakeContinuationTimeout = options.AnswerTimeout,
            ContinuationTimeout = options.AnswerTimeout,
        };
    }

    public RabbitMqTransportOptions Options { get; }

    public TimeProvider Time { get; }

    public ILogger Log { get; }

    /// <summary>Connects.</summary>
    /// <param name="purpose">Shown in the broker's list of connections.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task<IConnection> ConnectAsync(string purpose, CancellationToken stop) => await _factory.CreateConnectionAsync($"faultline {purpose}", stop);

    /// <summary>Finds out whether the broker can do what is needed.</summary>
    public async Task CheckAsync(CancellationToken stop)
    {
        IConnection connection = await ConnectAsync("check", stop);
        try
        {
            string product = TextOf(connection, "product");
            string version = TextOf(connection, "version");
            if (BrokerVersion.Refusal(product, version) is { } refusal) throw new InvalidOperationException($"the broker at {_factory.HostName}:{_factory.Port} is {refusal}");

            RabbitLog.Connected(Log, version, _factory.HostName, _factory.Port);
        }
        finally
        {
            await CloseAsync(connection);
        }
    }

    /// <summary>Closes a connection in order if that is possible, and forgets it if it is not.</summary>
    public async Task CloseAsync(IConnection connection)
    {
        try
        {
            if (connection.IsOpen) await connection.CloseAsync(Options.AnswerTimeout);
        }
        catch (Exception error) when (TransportFailures.IsBroker(error) || error is OperationCanceledException)
        {
            RabbitLog.CloseFailed(Log, TransportFailures.Describe(error));
        }

        await DisposeAsync(connection);
    }

    /// <summary>Ends a connection without asking.</summary>
    public async Task DropAsync(IConnection connection)
    {
        try
        {
            await connection.AbortAsync(TimeSpan.FromMilliseconds(100));
        }
        catch (Exception error) when (TransportFailures.IsBroker(error) || error is OperationCanceledException)
        {
            RabbitLog.CloseFailed(Log, TransportFailures.Describe(error));
        }

        await DisposeAsync(connection);
    }

    private async Task DisposeAsync(IConnection connection)
    {
        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception error) when (TransportFailures.IsBroker(error) || error is OperationCanceledException)
        {
            RabbitLog.CloseFailed(Log, TransportFailures.Describe(error));
        }
    }

    private static string TextOf(IConnection connection, string property) =>
        connection.ServerProperties?.TryGetValue(property, out object? value) == true && value is byte[] text ? Encoding.UTF8.GetString(text) : "unknown";
}
