using Faultline.Protocol.Services;
using Faultline.Verification.Experiments;
using Faultline.Verification.OwnSystems;

namespace Faultline.Verification.Tests.OwnSystems;

public sealed class OwnSystemReaderTests
{
    private const string Good = """
        system: shop
        title: A shop
        settles: 1s
        services:
          stock:
            command: node
            args: [stock.mjs, "--port", "{port}"]
            environment: {DATA: "{data}", DATABASE_URL: "{database}"}
            health: /health
            database: true
            guards:
              idempotency: {protects: a repeat reserves twice, off: {IDEMPOTENT: "no"}}
          orders:
            command: ./orders
            environment: {PORT: "{port}", STOCK: "{link.stock}", REDIS: "{link.redis}", RATES_PORT: "{link.rates.port}"}
            links: [stock, {name: redis, tcp: "127.0.0.1:6379"}, {name: rates, http: "rates.local:80"}]
          wallet:
            address: http://127.0.0.1:5000
            links: [{to: stock, listen: 21090}]
          worker: {command: ./worker, protocol: none}
        workloads:
          order:
            values: {item: {pick: [lamp, chair]}, quantity: {from: 1, to: 5}}
            subject: "{item}"
            steps:
              - {service: orders, method: POST, path: "/orders/{operation}", headers: {Idempotency-Key: "{operation}"}, body: {item: "{item}", quantity: "{quantity}"}, expect: [200, 201], capture: {id: order.id}, within: 2s, retry: {attempts: 5, pause: 10ms}}
              - {service: stock, method: GET, path: "/orders/{id}"}
        invariants:
          kept: {rule: [lost, once, refused], http: {service: orders, path: /orders, rows: orders, operation: id}}
          stocked: {rule: none, sql: {service: stock, query: "select operation from stock where left < 0"}, sentence: "{operation} took too much", within: 2s}
          paid: {rule: holds, http: {service: orders, path: "/orders/{operation}", each: true, expect: {item: "{item}", total: {min: 0}}}}
        batteries: [breaks.yaml]
        """;

    [Fact]
    public void Everything_that_a_file_may_say_is_read()
    {
        OwnSystemReading reading = OwnSystemReader.Read(Good, "shop.yaml", []);

        reading.Lines.ShouldBeEmpty();
        OwnSystemConfig system = reading.System!;
        system.Services.Select(service => service.Service).ShouldBe(["shop/stock", "shop/orders", "shop/wallet", "shop/worker"]);
        LinkDescription.Of(system.Descriptions).Select(link => (link.Name, link.IsHttp)).ShouldBe(
        [
            ("client-stock", true), ("client-orders", true), ("client-wallet", true), ("orders-stock", true), ("wallet-stock", true), ("orders-redis", false), ("orders-rates", true), ("stock-database", false),
        ]);
        HttpStep step = system.Workloads.ShouldHaveSingleItem().Steps[0];
        (step.AttemptsMax, step.Pause, step.Within).ShouldBe((5, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(2)));
        step.Expect.ShouldBe([200, 201]);
        system.Invariants.Select(invariant => invariant.Name).ShouldBe(["kept", "stocked", "paid"]);
        system.Services[0].Guards.ShouldHaveSingleItem().Off["IDEMPOTENT"].ShouldBe("no");
        system.Settles.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("system: shop", "system: Shop", "1: system is 'Shop'; a name must be 1 to 30 lower case letters, digits and hyphens, and begin with a letter")]
    [InlineData("system: shop", "system: ticketflow", "1: system is 'ticketflow', which is the name of another system; choose another")]
    [InlineData("title: A shop", "titel: A shop", "2: titel is not known")]
    [InlineData("settles: 1s", "settles: soon", "3: settles is 'soon'; it must be a duration")]
    [InlineData("command: node", "adress: node", "6: services.stock must have one of command (a program that the lab starts) and address (where it runs already); it has none")]
    [InlineData("""args: [stock.mjs, "--port", "{port}"]""", "args: [stock.mjs]", "6: services.stock never uses {port}, so the lab cannot tell it where to listen")]
    [InlineData("{data}", "{dta}", "8: services.stock.environment.DATA has the placeholder {dta}; it must be one of: port, instance, data, database")]
    [InlineData("""DATABASE_URL: "{database}"}""", """DATABASE_URL: "{database}", MAIL: [1]}""", "8: services.stock.environment.MAIL is a list; it must be text")]
    [InlineData("health: /health", "health: health", "9: services.stock.health is 'health'; it must be a path that begins with /")]
    [InlineData("database: true", "database: yes", "10: services.stock.database is 'yes'; it must be true or false")]
    [InlineData("""off: {IDEMPOTENT: "no"}""", "of: 1", "12: services.stock.guards.idempotency.off is missing; it must be the environment that switches the guard off")]
    [InlineData("links: [stock, ", "links: [stok, ", "16: services.orders.links[0] is 'stok'; it must be one of: stock, wallet, worker; did you mean 'stock'?")]
    [InlineData("links: [stock, ", "links: [orders, ", "16: services.orders.links[0] is 'orders', the service itself; a link leads to another one")]
    [InlineData("links: [stock, ", "links: [stock, stock, ", "16: services.orders.links[1] is a second link to 'stock'; one is enough")]
    [InlineData("links: [stock, ", "links: [stock, worker, ", "has a link to worker, which does not listen (protocol: none)")]
    [InlineData("tcp: \"127.0.0.1:6379\"", "tcp: redis", "16: services.orders.links[1].tcp is 'redis'; it must be host and port, for example 127.0.0.1:6379")]
    [InlineData("name: redis, ", "name: database, ", "services.orders.links[1].name is 'database', which means something else here; choose another")]
    [InlineData("address: http://127.0.0.1:5000", "address: 127.0.0.1:5000", "18: services.wallet.address is '127.0.0.1:5000'; it must be an address like http://127.0.0.1:5000")]
    [InlineData("address: http://127.0.0.1:5000", "address: http://127.0.0.1:5000\n    database: true", "services.wallet.database says nothing here: a service with an address is started, and set up, by somebody else")]
    [InlineData("{to: stock, listen: 21090}", "{to: stock}", "services.wallet has a link to stock without listen; a service that runs already must know the port beforehand")]
    [InlineData("  worker: {", "  client: {", "services.client is a name that means an end of links or all services; choose another")]
    [InlineData("item: {pick: [lamp, chair]}", "item: {pick: []}", "23: workloads.order.values.item.pick is not a list of 1 to 1000 values")]
    [InlineData("quantity: {from: 1, to: 5}", "quantity: {from: 5, to: 1}", "23: workloads.order.values.quantity.to is 1; it must be a whole number from 5 up")]
    [InlineData("quantity: {from: 1, to: 5}", "operation: {from: 1, to: 5}", "workloads.order.values.operation is taken by the placeholder {operation} that every operation has")]
    [InlineData("subject: \"{item}\"", "subject: \"{itm}\"", "24: workloads.order.subject has the placeholder {itm}; it must be one of")]
    [InlineData("{service: stock, method: GET", "{service: shelf, method: GET", "27: workloads.order.steps[1].service is 'shelf'; it must be one of")]
    [InlineData("{service: stock, method: GET", "{service: worker, method: GET", "27: workloads.order.steps[1].service is 'shop/worker', which does not listen for HTTP; steps are HTTP requests")]
    [InlineData("method: GET", "method: LOOK", "27: workloads.order.steps[1].method is 'LOOK'; it must be one of: GET, POST")]
    [InlineData("/orders/{id}\"", "/orders/{no}\"", "27: workloads.order.steps[1].path has the placeholder {no}; it must be one of")]
    [InlineData("expect: [200, 201]", "expect: [200, done]", "26: workloads.order.steps[0].expect[1] is 'done'; it must be an HTTP status from 100 to 599")]
    [InlineData("retry: {attempts: 5, ", "retry: {", "26: workloads.order.steps[0].retry.attempts is missing; it must be a whole number from 1 to 1000")]
    [InlineData("rule: [lost, once, refused]", "rule: [lost, holds]", "29: invariants.kept.rule[1] is 'holds'; it must be one of: lost, once, refused")]
    [InlineData("rule: none", "rule: never", "30: invariants.stocked.rule is 'never'; it must be one of: lost, once, refused, none, holds")]
    [InlineData("service: stock, query", "service: orders, query", "30: invariants.stocked.sql.service is 'orders', which has no database of the lab (database: true); it must be one of: stock")]
    [InlineData("select operation from stock where left < 0", "", "30: invariants.stocked.sql.query is no text; it must be a SELECT")]
    [InlineData("rule: holds, http", "rule: lost, http", "31: invariants.paid.http.each says nothing here; it belongs to the rule 'holds'")]
    [InlineData("each: true, ", "", "31: invariants.paid.http.path has the placeholder {operation}; it must be one of: prefix; with each: true it may have those of the operation")]
    [InlineData("total: {min: 0}", "total: {least: 0}", "31: invariants.paid.http.expect.total must be a value, or have min, max or both")]
    [InlineData("  kept: {", "  drains: {", "invariants.drains is the name of a general invariant; choose another")]
    [InlineData("batteries: [breaks.yaml]", "batteries: [[]]", "32: batteries[0] is a list; it must be the path of a file with an experiment or a battery")]
    public void A_mistake_is_told_with_its_line_and_what_is_allowed(string right, string wrong, string sentence)
    {
        Good.ShouldContain(right);

        OwnSystemReading reading = OwnSystemReader.Read(Good.Replace(right, wrong, StringComparison.Ordinal), "shop.yaml", ["ticketflow"]);

        reading.System.ShouldBeNull();
        reading.Lines.ShouldContain(line => line.Contains(sentence, StringComparison.Ordinal), string.Join('\n', reading.Lines));
    }

    [Fact]
    public void All_mistakes_are_told_at_once() =>
        OwnSystemReader.Read("system: S\nservices: {a: {}}\nworkloads: {w: {}}\ninvariants: {i: {}}\nunknown: 1", "x.yaml", []).Problems.Select(problem => problem.Line).Distinct().ShouldBe([1, 2, 3, 4, 5]);

    [Theory]
    [InlineData("", "the file is empty; it must hold a system: its name, its services, and what its clients do")]
    [InlineData("- a", "the file must hold one mapping: a system")]
    [InlineData("a: [", "the file is no YAML")]
    [InlineData("system: shop", "services is missing; it must be a mapping of names to services")]
    public void A_file_that_holds_no_system_is_told_so(string text, string sentence) => OwnSystemReader.Read(text, "x.yaml", []).Lines.ShouldContain(line => line.Contains(sentence, StringComparison.Ordinal));

    [Theory]
    [InlineData("schedule: [{anomaly: {service: orders, point: consume.ack.before, kind: crash}}]", "is 'shop/orders', a program of your own, which has no fault points; what can be broken is its links and its process: disruption, toxic, http, partition, disruptor")]
    [InlineData("schedule: [{disruption: {verb: kill, target: wallet}}]", "is 'wallet', which runs without the lab, so the lab cannot take it down; break its links instead")]
    [InlineData("schedule: [{disruption: {verb: kill, target: broker}}]", "is 'broker'; it must be one of: shop/stock, shop/orders, shop/wallet, shop/worker, postgres/services")]
    [InlineData("schedule: [{disruptor: {every: 1s, targets: [wallet]}}]", "is 'wallet', which runs without the lab, so the lab cannot take it down; name one of its links instead")]
    [InlineData("schedule: [{toxic: {link: orders-broker, type: latency, attributes: {latency: 1}}}]", "is 'orders-broker'; it must be one of: client-stock")]
    [InlineData("schedule: [{http: {link: orders-redis, kind: abort}}]", "is 'orders-redis', which carries no HTTP")]
    [InlineData("hypothesis: [{service: orders, figure: outbox}]", "is 'outbox', and shop/orders is a program of your own, which has no messaging of the lab; it can be probed over HTTP, with path")]
    [InlineData("invariants: [nothing-lost]", "is 'nothing-lost'; it must be one of: no-leftover-fault, kept, stocked, paid")]
    [InlineData("broker: rabbitmq", "is 'rabbitmq', and shop is a system of your own, which brings what it needs; leave it out")]
    [InlineData("guards: [-outbox]", "names the guard 'outbox'; it must be one of: idempotency")]
    public void What_a_system_of_the_users_own_does_not_have_is_refused_with_the_reason(string field, string sentence)
    {
        Reading reading = ReadExperiment($"name: a\nsystem: ./shop.yaml\nworkload: {{name: order, operations: 5}}\n{field}");

        reading.Lines.ShouldHaveSingleItem().ShouldContain(sentence);
    }

    [Fact]
    public void An_experiment_names_the_system_by_its_file_and_is_written_so_that_it_can_be_run_again()
    {
        Reading reading = ReadExperiment("name: a\nsystem: ./shop.yaml\nworkload: {operations: 5, values: {n: {from: 1, to: 3}}, subject: 'n {n}', steps: [{service: orders, path: '/n/{n}', body: {n: '{n}'}, capture: {id: x.y}, retry: {attempts: 2}}]}\nguards: [-idempotency]\nschedule: [{disruption: {verb: kill, target: orders}}]");

        reading.Lines.ShouldBeEmpty();
        Experiment experiment = reading.Battery!.Cells[0];
        (experiment.System, experiment.SystemFile).ShouldBe(("shop", "/here/shop.yaml"));
        string written = ExperimentWriter.Write(experiment);
        written.ShouldContain("system: /here/shop.yaml");
        Reading again = ReadExperiment(written, path: "/here/shop.yaml");
        again.Lines.ShouldBeEmpty();
        ExperimentWriter.Write(again.Battery!.Cells[0]).ShouldBe(written);
    }

    [Fact]
    public void Without_invariants_all_of_the_system_are_judged()
    {
        Experiment experiment = ReadExperiment("name: a\nsystem: ./shop.yaml\nworkload: {name: order, operations: 5}").Battery!.Cells[0];

        Resolution.Resolve(experiment, System(), new Triggers.Seed(1)).Invariants.Select(rule => rule.Name).ShouldBe(["no-leftover-fault", "kept", "stocked", "paid"]);
    }

    private static Reading ReadExperiment(string text, string path = "./shop.yaml") =>
        ExperimentReader.Read(text, "test.yaml", new Catalogue([System()], BrokerNames.All, Catalogue.EmbeddedInfrastructure) { Paths = new Dictionary<string, string> { [path] = "shop" } });

    private static SystemDescription System()
    {
        OwnSystemConfig config = OwnSystemReader.Read(Good, "shop.yaml", []).System!;
        return new SystemDescription("shop", config.Descriptions, [.. config.Workloads.Select(workload => new WorkloadDescription(workload.Name, workload.Says))], [.. config.Invariants.Select(invariant => new OwnInvariant(invariant).Description)]) { File = "/here/shop.yaml" };
    }
}
