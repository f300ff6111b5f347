using System.Net;
using System.Text;
using Faultline.Conformance.Transport;
using Faultline.Lab.RabbitMq;
using Faultline.Messaging.RabbitMq.Transport;
using Faultline.Messaging.Transport;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Tests.Transport;

/// <summary>A virtual host of its own on the shared broker.</summary>
public sealed class RabbitMqHarness : TransportHarness
{
    // Nobody kills the shared broker, and hundreds of tests declare queues there.
    private static readonly RabbitMqTransportOptions Unkilled = new() { SettleTime = TimeSpan.Zero };
    private static int _hosts;
    private RabbitBroker? _broker;

    public override TransportTraits Traits { get; } = new() { OrdersByKey = true, FlagsRedelivery = true, TemporaryQueues = true, Streams = true, SendsInFlight = 4 };

    public override IPEndPoint Broker => new(IPAddress.Loopback, Rabbit.Port);

    public RabbitBroker Rabbit
    {
        get
        {
            TestBroker.SkipWhenMissing();
            return _broker ?? throw new InvalidOperationException("the class has not begun");
        }
    }

    public string VirtualHost { get; } = $"test-{Interlocked.Increment(ref _hosts)}";

    public override async ValueTask InitializeAsync()
    {
        if (TestBroker.IsMissing) return;

        _broker = (await TestBroker.SharedAsync()).Broker;
        await _broker.CreateVirtualHostAsync(VirtualHost);
    }

    public override async Task<ITransport> ConnectAsync(int port) => await ConnectAsync(port, options: null);

    public Task<RabbitMqTransport> ConnectAsync(int? port = null, RabbitMqTransportOptions? options = null) =>
        RabbitMqTransport.ConnectAsync(Rabbit.AddressOf(VirtualHost, port), TimeProvider.System, new TestLog(), TestContext.Current.CancellationToken, options ?? Unkilled);

    public override Task DropConnectionsAsync() => Rabbit.CloseConnectionsAsync(VirtualHost);

    public override async Task WriteBrokenAsync(string service, Breakage breakage)
    {
        Dictionary<string, object?> headers = new()
        {
            ["x-fl-version"] = 1,
            ["x-fl-publisher"] = "x/y",
            ["x-fl-time"] = DateTimeOffset.UnixEpoch.Ticks,
            ["x-fl-digest"] = 0L,
            ["x-fl-headers"] = new Dictionary<string, object?>(),
        };
        BasicProperties properties = new() { Headers = headers };
        if (breakage != Breakage.NoId) properties.MessageId = "0198c0de-0000-7000-8000-000000000001";
        if (breakage != Breakage.NoType) properties.Type = "x.y";
        if (breakage == Breakage.BadHeaders) headers["x-fl-headers"] = "no table";
        await using IConnection connection = await OpenAsync();
        await using IChannel channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.BasicPublishAsync("", $"{service}.p3", mandatory: true, properties, Encoding.UTF8.GetBytes("broken"));
    }

    public override Task<int> TemporaryQueuesAsync(string service) => QueuesAsync($"{service}.temporary.");

    public override Task<int> ConsumersAsync(string service) => QueuesAsync($"{service}.member.");

    public Task<IConnection> OpenAsync() => new ConnectionFactory { Uri = new Uri(Rabbit.AddressOf(VirtualHost)) }.CreateConnectionAsync();

    public override async ValueTask DisposeAsync()
    {
        if (_broker is not null) await _broker.DeleteVirtualHostAsync(VirtualHost);
    }

    private async Task<int> QueuesAsync(string prefix) => int.Parse(await Rabbit.EvaluateAsync(
        $$"""length([found || {resource, _, queue, Name} <- rabbit_amqqueue:list_names(<<"{{VirtualHost}}">>), string:prefix(Name, <<"{{prefix}}">>) =/= nomatch])"""));
}
