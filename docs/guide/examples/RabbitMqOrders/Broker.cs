using RabbitMQ.Client;

namespace RabbitMqOrders;

/// <summary>The connection to RabbitMQ, opened once.</summary>
internal sealed class Broker(IConfiguration configuration) : IAsyncDisposable
{
    public const string Queue = "orders";

    private readonly SemaphoreSlim _opening = new(1, 1);
    private IConnection? _connection;

    public async Task<IChannel> OpenChannelAsync(CancellationToken stop)
    {
        await _opening.WaitAsync(stop);
        try
        {
            var factory = new ConnectionFactory { Uri = new Uri(configuration["RabbitMq"] ?? "amqp://guest:guest@127.0.0.1:5672/") };
            _connection ??= await factory.CreateConnectionAsync(stop);
        }
        finally
        {
            _opening.Release();
        }

        IChannel channel = await _connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), stop);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: stop);
        return channel;
    }

    public async ValueTask DisposeAsync()
    {
        _opening.Dispose();
        if (_connection is not null) await _connection.DisposeAsync();
    }
}
