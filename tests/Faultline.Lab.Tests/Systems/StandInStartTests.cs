using System.Globalization;
using Faultline.Lab.Links;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Systems;
using Faultline.Lab.Tests.Control;
using Faultline.Lab.Tests.Support;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;
using Npgsql;

namespace Faultline.Lab.Tests.Systems;

public sealed class StandInStartTests : IAsyncLifetime
{
    private const string Orders = "shop/orders";

    private TestLab _lab = null!;
    private SystemLinks _links = null!;

    public async ValueTask InitializeAsync()
    {
        _lab = await TestLab.StartAsync($"-{Environment.TickCount64:x}", nameof(StandInStartTests));
        _links = new SystemLinks(_lab.Lab.Supervisor.TakePort, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _links.DisposeAsync();
        await _lab.DisposeAsync();
    }

    [Fact]
    public async Task A_program_of_the_users_own_reaches_peers_and_database_over_its_links()
    {
        SystemStart start = await PrepareAsync(new StandIn { Service = Orders, Source = "own", Executable = "/own/run" }, _links);

        InstanceSpec own = start.InstancesOf(Orders, "token").ShouldHaveSingleItem();
        own.Executable.ShouldBe("/own/run");
        own.Environment["MENU_URL"].ShouldBe(At(PortOf("orders-1-menu-1")));
        own.Environment["LOYALTY_URL"].ShouldBe(At(PortOf("orders-1-loyalty-1")));
        new NpgsqlConnectionStringBuilder(own.Environment["DATABASE"]).Port.ShouldBe(PortOf("orders-1-database"));
        new Uri(own.Environment["DATABASE_URL"]).Port.ShouldBe(PortOf("orders-1-database"));
        own.Environment.Keys.ShouldNotContain(key => key.StartsWith("Faultline__", StringComparison.Ordinal), "it is told nothing of the lab");
        _links.Report(_links.Named("client-orders")[0]).Upstream.ShouldBe(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{own.HttpPort}"));
    }

    [Fact]
    public async Task A_program_that_already_runs_finds_its_peers_at_fixed_ports_over_links_and_is_not_started()
    {
        SystemStart start = await PrepareAsync(Attached(), _links);

        start.InstancesOf(Orders, "token").ShouldBeEmpty();
        (PortOf("orders-1-menu-1"), PortOf("orders-1-loyalty-1")).ShouldBe((StandIn.FirstPeerPort, StandIn.FirstPeerPort + 1));
        _links.Report(_links.Named("client-orders")[0]).Upstream.ShouldBe("127.0.0.1:5123");
    }

    [Fact]
    public async Task Without_links_the_peers_themselves_are_where_a_program_that_already_runs_expects_them()
    {
        SystemStart start = await PrepareAsync(Attached(), links: null);

        start.InstancesOf("shop/menu", "token").Select(instance => instance.HttpPort).ShouldBe([StandIn.FirstPeerPort]);
        start.InstancesOf("shop/loyalty", "token").Select(instance => instance.HttpPort).ShouldBe([StandIn.FirstPeerPort + 1]);
    }

    private Task<SystemStart> PrepareAsync(StandIn standIn, SystemLinks? links) =>
        SystemStart.PrepareAsync(_lab.Lab, Spec(), new LabSystemOptions { StandIn = standIn }, links, "Host=127.0.0.1;Port=5432;Database=queue", TestContext.Current.CancellationToken);

    private int PortOf(string link) => _links.Named(link).ShouldHaveSingleItem().Port;

    private static string At(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    private static StandIn Attached() => new() { Service = Orders, Source = "http://127.0.0.1:5123", Address = new Uri("http://127.0.0.1:5123") };

    private static LabSystemSpec Spec() => new()
    {
        Name = "shop",
        Services = [Service("shop/menu"), Service("shop/loyalty"), Service(Orders, "shop/menu", "shop/loyalty")],
        Routes = [],
        Checks = new ManualChecks().Of("shop"),
        Executable = TestFolder.HostProgram,
    };

    private static ServiceDescription Service(string name, params string[] calls) => new(name, [], [], [], FaultKinds.All, GuardNames.All) { Calls = calls };
}
