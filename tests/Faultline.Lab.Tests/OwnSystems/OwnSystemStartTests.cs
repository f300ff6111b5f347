using System.Globalization;
using Faultline.Lab.Links;
using Faultline.Lab.OwnSystems;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Systems;
using Faultline.Lab.Tests.Support;
using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Histories;
using Faultline.Verification.OwnSystems;

namespace Faultline.Lab.Tests.OwnSystems;

public sealed class OwnSystemStartTests : IAsyncLifetime
{
    private const string Orders = "shop/orders";
    private const int RatesPort = 38_917;

    private TestLab _lab = null!;
    private SystemLinks _links = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _lab = await TestLab.StartAsync($"-{Environment.TickCount64:x}", nameof(OwnSystemStartTests));
        _links = new SystemLinks(_lab.Lab.Supervisor.TakePort, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _links.DisposeAsync();
        await _lab.DisposeAsync();
    }

    [Fact]
    public async Task Placeholders_lead_over_links_that_can_be_broken_and_a_guard_that_is_off_changes_the_environment()
    {
        SystemStart start = await PrepareAsync(new LabSystemOptions { GuardsOff = [(Orders, "safe")] }, _links);

        InstanceSpec orders = start.InstancesOf(Orders, "token").ShouldHaveSingleItem();
        orders.Environment["STOCK"].ShouldBe(Invariant($"http://127.0.0.1:{PortOf("orders-1-stock-1")}"));
        orders.Environment["REDIS"].ShouldBe(Invariant($"127.0.0.1:{PortOf("orders-1-redis")}"));
        orders.Environment["RATES"].ShouldBe(Invariant($"http://127.0.0.1:{RatesPort}"), "the port that the file chose");
        new Uri(orders.Environment["DATABASE_URL"]).Port.ShouldBe(PortOf("orders-1-database"));
        orders.Environment["SAFE"].ShouldBe("no");
        Directory.Exists(orders.Environment["DATA"]).ShouldBeTrue();
        orders.Arguments.ShouldBe(["--port", "{port}", "--me", "orders-1"]);
        orders.Environment.Keys.ShouldNotContain(key => key.StartsWith("Faultline__", StringComparison.Ordinal), "it is told nothing of the lab");
        _links.All.ShouldNotContain(link => link.To == "broker");
        (await PrepareAsync(new LabSystemOptions(), links: null)).InstancesOf(Orders, "token").Single().Environment["SAFE"].ShouldBe("yes");
    }

    [Fact]
    public async Task A_query_counts_the_operations_of_its_experiment_and_can_write_nothing()
    {
        SystemStart start = await PrepareAsync(new LabSystemOptions(), links: null);
        string database = start.Databases[Orders];
        await TestLab.QueryAsync(database, "create table placed (id text, left_over int); insert into placed values ('cell/000001', 3), ('cell/000001', 3), ('other/000001', -1)");

        Finding once = await JudgeAsync(database, "select id from placed", OwnRules.Once);
        Finding restricted = await JudgeAsync(database, "select left_over from placed where left_over < 0 and id like @prefix || '%'", OwnRules.None);
        Finding writing = await JudgeAsync(database, "delete from placed returning id", OwnRules.Lost);

        (once.Verdict, once.Violations.Single().Operations.Single()).ShouldBe((Verdict.Failed, "cell/000001"));
        restricted.Verdict.ShouldBe(Verdict.Passed);
        writing.Verdict.ShouldBe(Verdict.Inconclusive);
        writing.Reason.ShouldNotBeNull().ShouldContain("read-only");
        (await TestLab.QueryAsync(database, "select count(*) from placed")).ShouldBe(3L);
    }

    private async Task<Finding> JudgeAsync(string database, string query, string rule)
    {
        var config = new OwnInvariantConfig { Name = "rule", Says = "a rule", Rules = [rule], Sql = new SqlProbeConfig(Orders, null, query), Within = TimeSpan.Zero };
        var history = History.Of([new OperationRecord { Index = 0, Process = 0, Name = "order", OperationId = "cell/000001", InvokedAt = TimeProvider.System.GetUtcNow(), EndedAt = TimeProvider.System.GetUtcNow(), Outcome = Outcome.Ok }]);
        using var http = new HttpClient();
        var cell = new Experiment { Name = "cell", Title = "cell", System = "shop", Workload = new WorkloadSpec { Name = "order", Operations = 1 } };
        var call = new LookCall(history, [], http, _ => throw new InvalidOperationException(), TimeProvider.System) { Cell = cell, DatabaseOf = _ => database };
        IReadOnlyList<SystemFact> facts = await new InvariantLook(config, [], call).ReadAsync(Stop);
        return new OwnInvariant(config).Check(new CheckContext { History = history, Ledger = new Verification.Ledger.LedgerBuilder().Build(), Facts = facts });
    }

    private Task<SystemStart> PrepareAsync(LabSystemOptions options, SystemLinks? links) => SystemStart.PrepareAsync(_lab.Lab, Spec(), options, links, broker: null, Stop);

    private int PortOf(string link) => _links.Named(link).ShouldHaveSingleItem().Port;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static LabSystemSpec Spec()
    {
        string folder = Directory.CreateTempSubdirectory("faultline-own").FullName;
        try
        {
            string file = Path.Combine(folder, "shop.yaml");
            File.WriteAllText(file, $$"""
                system: shop
                services:
                  stock: {command: /bin/sh, args: ["{port}"]}
                  orders:
                    command: /bin/sh
                    args: [--port, "{port}", --me, "{instance}"]
                    environment: {STOCK: "{link.stock}", REDIS: "{link.redis}", RATES: "{link.rates}", DATABASE_URL: "{database}", DATA: "{data}", SAFE: "yes"}
                    database: true
                    links: [stock, {name: redis, tcp: "127.0.0.1:6379"}, {name: rates, http: "127.0.0.1:80", listen: {{RatesPort}}}]
                    guards:
                      safe: {protects: from harm, off: {SAFE: "no"} }
                """);
            OwnSystemLoading loading = OwnSystemLoader.Load(file, folder, []);
            loading.Problems.ShouldBeEmpty();
            return loading.System!;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
