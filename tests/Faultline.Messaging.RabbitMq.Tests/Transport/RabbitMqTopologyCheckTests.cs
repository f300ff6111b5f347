using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Faultline.Conformance;
using Faultline.Conformance.Transport;
using Faultline.Messaging.RabbitMq.Transport;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Tests.Transport;

/// <summary>With and without the management API, which is started in the broker of this class alone.</summary>
public sealed class RabbitMqTopologyCheckTests(OwnBroker broker) : IClassFixture<OwnBroker>
{
    // Nobody listens there: port 1 needs rights that no test has.
    private static readonly Uri Nowhere = new("http://127.0.0.1:1");

    private static int _systems;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_management_API_everything_is_compared()
    {
        Uri management = await ManageAsync();
        SystemTopology topology = await DeclareAsync();
        string system = topology.Services[0].Service.Split('/')[0];
        (await CompareAsync(topology, management)).Differences.ShouldBeEmpty();

        await using IConnection connection = await OpenAsync();
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        await channel.QueueDeclareAsync($"{system}/planted", durable: true, exclusive: false, autoDelete: false, cancellationToken: Stop);
        await channel.QueueBindAsync($"{system}/planted", $"{system}/out", "#", cancellationToken: Stop);
        await channel.ExchangeUnbindAsync($"{system}/in.in", $"{system}/out", $"*.*.{system}.happened", cancellationToken: Stop);
        await channel.QueueDeleteAsync($"{system}/in.p2", cancellationToken: Stop);
        await channel.QueueDeclareAsync($"{system}/in.p2", durable: true, exclusive: false, autoDelete: false, cancellationToken: Stop);

        TopologyFindings findings = await CompareAsync(topology, management);

        findings.NotCompared.ShouldBeEmpty();
        string[] found = [.. findings.Differences.Select(difference => difference.ToString())];
        found.ShouldContain($"queue '{system}/planted' is not declared");
        found.ShouldContain($"binding '{system}/out' -> queue '{system}/planted' for '#' is not declared");
        found.ShouldContain($"binding '{system}/out' -> exchange '{system}/in.in' for '*.*.{system}.happened' is missing");
        found.ShouldContain($"binding '{system}/in.in' -> queue '{system}/in.p2' for '4.2.#' is missing");
        found.ShouldContain($"queue '{system}/in.p2' has x-single-active-consumer not set; declared is true");
    }

    [Fact]
    public async Task Without_it_what_is_declared_is_asked_for_and_what_was_not_looked_at_is_said()
    {
        SystemTopology topology = await DeclareAsync();
        string system = topology.Services[0].Service.Split('/')[0];
        (await CompareAsync(topology, Nowhere)).Differences.ShouldBeEmpty();
        await using IConnection connection = await OpenAsync();
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        await channel.QueueDeleteAsync($"{system}/in.p1", cancellationToken: Stop);
        await channel.QueueDeleteAsync($"{system}/in.p2", cancellationToken: Stop);
        await channel.QueueDeclareAsync($"{system}/in.p2", durable: true, exclusive: false, autoDelete: false, cancellationToken: Stop);
        await channel.ExchangeDeleteAsync($"{system}/in.broadcast", cancellationToken: Stop);

        TopologyFindings findings = await CompareAsync(topology, Nowhere);

        findings.NotCompared.ShouldHaveSingleItem().ShouldContain("rabbitmq_management");
        string[] found = [.. findings.Differences.Select(difference => difference.ToString())];
        found.Length.ShouldBe(3, string.Join('\n', found));
        found[0].ShouldBe($"exchange '{system}/in.broadcast' is missing");
        found[1].ShouldBe($"queue '{system}/in.p1' is missing");
        found[2].ShouldStartWith($"queue '{system}/in.p2' is not as declared: ");
    }

    [Fact]
    public async Task An_address_that_is_none_is_refused_without_repeating_it() =>
        (await Should.ThrowAsync<ArgumentException>(() => RabbitMqTopologyCheck.CompareAsync("secret", Nowhere, new TestSystem("x").Topology, new TestLog(), Stop))).Message.ShouldNotContain("secret");

    private async Task<SystemTopology> DeclareAsync()
    {
        TestSystem system = new(string.Create(CultureInfo.InvariantCulture, $"check{Interlocked.Increment(ref _systems)}"), 4);
        SystemTopology topology = system.Topology with { Stream = new StreamTopology($"{system.Publisher.Split('/')[0]}/events") };
        await using ITransport transport = await broker.ConnectAsync();
        await transport.DeclareAsync(topology, Stop);
        return topology;
    }

    private Task<TopologyFindings> CompareAsync(SystemTopology topology, Uri management) => RabbitMqTopologyCheck.CompareAsync(broker.Rabbit.AddressOf(), management, topology, new TestLog(), Stop);

    private Task<IConnection> OpenAsync() => new ConnectionFactory { Uri = new Uri(broker.Rabbit.AddressOf()) }.CreateConnectionAsync(Stop);

    /// <summary>Starts the plugin in the running broker: its programs are installed beside it, and the private broker runs without.</summary>
    private async Task<Uri> ManageAsync()
    {
        int port = FreePort();
        await broker.Rabbit.EvaluateAsync(string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            [code:add_pathz(P) || P <- filelib:wildcard(filename:join(filename:dirname(filename:dirname(code:lib_dir(rabbit))), "plugins/*/ebin"))],
            application:load(rabbitmq_management), application:set_env(rabbitmq_management, tcp_config, [{port, {{port}}}, {ip, "127.0.0.1"}]),
            rabbit:start_apps([rabbitmq_management]), ok
            """), Stop);
        var management = new Uri($"http://127.0.0.1:{port}");
        using var http = new HttpClient();
        await Wait.For("the management API answers", async () =>
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(management, Stop);
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return management;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
