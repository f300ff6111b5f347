using System.Net;
using System.Net.Sockets;
using Faultline.Lab.Links;
using Faultline.Lab.Problems;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;
using Faultline.Proxy.Control;
using Faultline.Proxy.Links;
using Faultline.Proxy.Toxics;
using Faultline.Verification.Schedules;
using Limits = Faultline.Lab.Tests.Support.Limits;

namespace Faultline.Lab.Tests.Links;

public sealed class SystemLinksTests : IAsyncLifetime
{
    private static readonly IReadOnlyList<LinkDescription> Kinds = LinkDescription.Of([Service("shop/orders", "shop/menu"), Service("shop/menu")]);

    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly SystemLinks _links = new(FreePort, TimeProvider.System);
    private Task _echoing = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _server.Start();
        _echoing = EchoAsync();
        string upstream = _server.LocalEndpoint.ToString()!;
        foreach (string instance in (string[])["orders-1", "orders-2"])
        {
            await AddAsync("orders-database", instance, "database", upstream);
            await AddAsync("orders-broker", instance, "broker", upstream);
        }

        await AddAsync("menu-database", "menu-1", "database", upstream);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _links.DisposeAsync();
        _server.Stop();
        await _echoing;
        _over.Dispose();
    }

    [Fact]
    public void Links_are_named_by_their_ends() =>
        Kinds.Select(link => (link.Name, link.Role)).ShouldBe(
        [
            ("client-orders", LinkRole.Client), ("client-menu", LinkRole.Client), ("orders-menu", LinkRole.Call), ("orders-database", LinkRole.Database), ("menu-database", LinkRole.Database),
            ("orders-broker", LinkRole.Broker), ("menu-broker", LinkRole.Broker),
        ]);

    [Fact]
    public void A_name_means_the_links_of_all_instances_or_of_one()
    {
        _links.Named("orders-database").Select(link => link.Name).ShouldBe(["orders-1-database", "orders-2-database"]);
        _links.Named("orders-database", "orders-2").Select(link => link.Name).ShouldBe(["orders-2-database"]);
        _links.Named("orders-1-broker").ShouldHaveSingleItem();
        Should.Throw<LabException>(() => _links.Named("orders-kitchen")).Message.ShouldContain("there are: menu-database, orders-broker, orders-database");
    }

    [Fact]
    public async Task A_partition_swallows_what_is_sent_between_its_groups_and_leaves_other_links_alone()
    {
        using TcpClient cut = await ConnectAsync("orders-1-broker"), whole = await ConnectAsync("orders-1-database");
        (await AnswersAsync(cut)).ShouldBeTrue();

        var partitions = new Partitions(_links);
        partitions.Cut("p", ["orders-1"], ["broker"], PartitionWays.Both).Select(link => link.Name).ShouldBe(["orders-1-broker"]);
        await cut.GetStream().WriteAsync(new byte[] { 1 }, TestContext.Current.CancellationToken);

        (await AnswersAsync(whole)).ShouldBeTrue();
        await Limits.UntilAsync(() => partitions.ActsOf("p").Sum(act => act.Acted) > 0, "the partition swallowed what was sent");
        cut.Available.ShouldBe(0);
    }

    [Fact]
    public async Task Healing_a_partition_closes_what_lost_bytes_lets_new_connections_through_and_restores_exactly_what_was_there()
    {
        SystemLink broker = _links.Named("orders-1-broker")[0];
        _links.Add(broker, new ToxicConfig { Name = "mine", Type = "latency" });
        using TcpClient before = await ConnectAsync(broker.Name);
        (await AnswersAsync(before)).ShouldBeTrue();
        var partitions = new Partitions(_links);
        partitions.Cut("p", ["broker"], [], PartitionWays.Both);
        partitions.Active().Keys.ShouldBe(["p"]);
        await before.GetStream().WriteAsync(new byte[] { 1 }, TestContext.Current.CancellationToken);

        (await partitions.HealAsync("p")).ShouldBe(2, "both instances of orders were cut off");

        _links.Report().SelectMany(link => link.Toxics).Select(toxic => toxic.Toxic.Name).ShouldBe(["mine"]);
        partitions.Active().ShouldBeEmpty();
        (await AnswersAsync(before)).ShouldBeFalse();
        using TcpClient after = await ConnectAsync(broker.Name);
        (await AnswersAsync(after)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(PartitionWays.Out, "upstream")]
    [InlineData(PartitionWays.In, "downstream")]
    public void A_partition_one_way_stops_only_what_goes_that_way(string way, string stream)
    {
        new Partitions(_links).Cut("p", ["orders"], ["broker"], way);

        foreach (LinkReport link in _links.Report().Where(link => link.Name.EndsWith("broker", StringComparison.Ordinal)))
        {
            link.Toxics.Where(toxic => toxic.Toxic.Type == "timeout").Select(toxic => toxic.Toxic.Stream.ToString().ToLowerInvariant()).ShouldBe([stream]);
        }
    }

    [Fact]
    public void Groups_without_a_link_between_them_cannot_be_cut() =>
        Should.Throw<LabException>(() => new Partitions(_links).Cut("p", ["menu"], ["broker"], PartitionWays.Both)).Message.ShouldContain("There is no link between menu and broker");

    [Fact]
    public async Task Connections_that_lost_pieces_are_closed_when_the_loss_ends()
    {
        SystemLink link = _links.Named("menu-1-database")[0];
        using TcpClient client = await ConnectAsync(link.Name);
        (await AnswersAsync(client)).ShouldBeTrue();
        _links.Add(link, new ToxicConfig { Name = "loss", Type = "packet_loss", Attributes = new Dictionary<string, double> { ["loss_rate"] = 1 } });

        (await _links.RemoveAsync(link, "loss")).ShouldBeTrue();

        (await AnswersAsync(client)).ShouldBeFalse();
    }

    [Fact]
    public void An_experiment_may_name_exactly_the_toxics_and_attributes_that_the_proxy_knows()
    {
        foreach (ToxicForm form in ToxicForms.All)
        {
            var toxic = new ToxicConfig { Type = form.Type, Attributes = form.Attributes.ToDictionary(name => name, _ => 1.0) };
            FaultJson.Problem(toxic, TimeProvider.System).ShouldBeNull();
            string others = FaultJson.Problem(toxic with { Attributes = new Dictionary<string, double> { ["nosuch"] = 1 } }, TimeProvider.System).ShouldNotBeNull();
            others.ShouldEndWith($"it has: {string.Join(", ", form.Attributes)}");
        }
    }

    private Task<SystemLink> AddAsync(string kind, string from, string to, string upstream) => _links.AddAsync(Kinds.Single(link => link.Name == kind), from, to, upstream);

    private async Task<TcpClient> ConnectAsync(string link)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _links.Named(link)[0].Port, TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>Whether what is sent comes back; false when the connection is closed.</summary>
    private static async Task<bool> AnswersAsync(TcpClient client)
    {
        try
        {
            await client.GetStream().WriteAsync(new byte[] { 7 }, TestContext.Current.CancellationToken);
            return await client.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask().WaitAsync(Limits.Hang, TestContext.Current.CancellationToken) == 1;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task EchoAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(EchoAsync(await _server.AcceptTcpClientAsync(_over.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task EchoAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await client.GetStream().CopyToAsync(client.GetStream(), _over.Token);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                return; // The proxy, or the test, ended the connection.
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static ServiceDescription Service(string name, params string[] calls) => new(name, [], [], [], FaultKinds.All, GuardNames.All) { Calls = calls };
}
