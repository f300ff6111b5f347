using Faultline.Lab.RabbitMq;
using Faultline.Messaging.RabbitMq.Transport;

namespace Faultline.Messaging.RabbitMq.Tests.Transport;

/// <summary>A broker of one test class alone, which may be killed, paused and starved.</summary>
public sealed class OwnBroker : IAsyncLifetime
{
    private TestBroker? _broker;

    public RabbitBroker Rabbit
    {
        get
        {
            TestBroker.SkipWhenMissing();
            return _broker?.Broker ?? throw new InvalidOperationException("the class has not begun");
        }
    }

    public async ValueTask InitializeAsync() => _broker = TestBroker.IsMissing ? null : await TestBroker.StartAsync();

    public Task<RabbitMqTransport> ConnectAsync(RabbitMqTransportOptions? options = null) =>
        RabbitMqTransport.ConnectAsync(Rabbit.AddressOf(), TimeProvider.System, new TestLog(), TestContext.Current.CancellationToken, options);

    /// <summary>Over a way of the test's own.</summary>
    public Task<RabbitMqTransport> ConnectAsync(int port) =>
        RabbitMqTransport.ConnectAsync(Rabbit.AddressOf(port: port), TimeProvider.System, new TestLog(), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null) await _broker.DisposeAsync();
    }
}
