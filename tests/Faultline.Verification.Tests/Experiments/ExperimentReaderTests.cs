using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;

namespace Faultline.Verification.Tests.Experiments;

public sealed class ExperimentReaderTests
{
    private const string Head = "name: lunch-crash\nsystem: shop\nworkload: {name: lunch, operations: 20}\n";

    private const string Whole = """
        name: lunch-crash
        title: The kitchen dies with a plate in its hand
        system: shop
        seed: 18446744073709551615
        broker: rabbitmq
        replicas: {all: 2, kitchen: 3}
        guards:
          - -inbox
          - kitchen: [-outbox, +ordering]
        hypothesis:
          - {name: menu, service: kitchen, path: /menu, status: 200, within: 500ms, atLeast: 0.9, when: [before, after]}
          - {service: shop/orders, figure: outbox, max: 10}
        workload:
          name: lunch
          duration: 1m30s
          rate: 12.5
          concurrency: 4
          guests: 7
          menu: [soup, {fish: true}]
        schedule:
          - name: plate
            anomaly:
              service: kitchen
              point: consume.ack.before
              kind: crash
              match: {messageType: shop.order-placed, key: table-1, headers: {fl-cell: x}}
              trigger: {nth: 3}
            afterOperations: 20
            until: {on: phase heal}
          - anomaly: {service: orders, point: relay.send.before, kind: delay, parameters: {delayMs: 100, jitterMs: 50}, trigger: once}
            at: 2s
            for: 500ms
          - disruption: {target: kitchen, verb: pause}
            at: 2s
            for: 3s
          - disruption: {target: postgres/queue, verb: terminate-sessions}
            on: phase load
          - generator: {count: {min: 1, max: 3}, kinds: {crash: 3, delay: 1}, services: [kitchen], from: 1s, until: 5s}
        invariants: [nothing-lost, effects-once, {converges: {within: 30}}, {one-meal: {strict: true}}]
        expect: violation effects-once
        drainLimit: 2m
        """;

    [Fact]
    public void Every_field_is_read()
    {
        Reading reading = Read(Whole);

        reading.Lines.ShouldBeEmpty();
        Experiment experiment = reading.Battery!.Cells.ShouldHaveSingleItem();
        experiment.Seed.ShouldBe(ulong.MaxValue);
        experiment.ReplicasOf[World.Kitchen].ShouldBe(3);
        experiment.Guards.ShouldBe([new GuardSpec("inbox", false), new GuardSpec("outbox", false, World.Kitchen), new GuardSpec("ordering", true, World.Kitchen)]);
        experiment.Hypothesis[0].When.ShouldBe(["before", "after"]);
        experiment.Workload.Parameters["menu"].GetRawText().ShouldBe("[\"soup\",{\"fish\":true}]");
        experiment.Workload.Duration.ShouldBe(TimeSpan.FromSeconds(90));
        experiment.Schedule.Count.ShouldBe(4);
        AnomalyFault plate = experiment.Schedule[0].ShouldBeOfType<AnomalyFault>();
        plate.From.Operations.ShouldBe(20);
        plate.Until!.Phase.ShouldBe("heal");
        plate.Trigger!.Nth.ShouldBe(3);
        plate.Match!.Headers!["fl-cell"].ShouldBe("x");
        experiment.Schedule[1].Name.ShouldBe("delay at relay.send.before");
        experiment.Generator!.Kinds["crash"].ShouldBe(3);
        experiment.ExpectViolation.ShouldBe("effects-once");
        experiment.DrainLimit.ShouldBe(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        Experiment first = Read(Whole).Battery!.Cells[0];

        string text = ExperimentWriter.Write(first);
        Reading again = Read(text);

        again.Lines.ShouldBeEmpty();
        ExperimentWriter.Write(again.Battery!.Cells[0]).ShouldBe(text);
        again.Battery.Cells[0].Schedule.OfType<AnomalyFault>().Select(fault => fault.Trigger).ShouldBe(first.Schedule.OfType<AnomalyFault>().Select(fault => fault.Trigger));
    }

    [Fact]
    public void Json_is_accepted_with_tabs()
    {
        Reading reading = Read("{\n\t\"name\": \"a\",\n\t\"system\": \"shop\",\n\t\"workload\": {\"name\": \"lunch\", \"operations\": 5},\n\t\"title\": \"caf\\u00e9 \\/ bar\"\n}");

        reading.Lines.ShouldBeEmpty();
        reading.Battery!.Title.ShouldBe("café / bar");
    }

    [Fact]
    public void All_problems_are_told_at_once_with_their_lines()
    {
        string[] lines = [.. Read("""
            name: Lunch!
            system: shop
            workload: {name: lnch, operations: 0}
            guards: [inbox, -inbx]
            schedule:
              - anomaly: {service: kitchn, point: consume.ack.befor, kind: crsh}
              - anomaly: {service: kitchen, point: consume.ack.before, kind: crash, match: {messageType: shop.order-placd}}
            invariants: [nothing-losst]
            expect: violation x
            colour: red
            """).Lines];

        lines.Select(line => line.Split(": ")[0]).ShouldBe(["test.yaml:1", "test.yaml:3", "test.yaml:3", "test.yaml:4", "test.yaml:4", "test.yaml:6", "test.yaml:6", "test.yaml:6", "test.yaml:7", "test.yaml:8", "test.yaml:9", "test.yaml:10"]);
    }

    [Theory]
    [InlineData("guards: [-inbx]", "guards[0] names the guard 'inbx'; it must be one of: idempotency-key, outbox, confirms, inbox, ack-after-commit, transaction, ordering, retry, dead-letter; did you mean 'inbox'?")]
    [InlineData("guards: [inbox]", "guards[0] is 'inbox'; it must be -guard (off), +guard (on), or service: -guard")]
    [InlineData("broker: kafka", "broker is 'kafka'; it must be one of: postgresql, rabbitmq")]
    [InlineData("replicas: 17", "replicas is '17'; it must be a whole number from 1 to 16")]
    [InlineData("replicas: 0", "replicas is '0'; it must be a whole number from 1 to 16")]
    [InlineData("seed: -1", "seed is '-1'; it must be a whole number from 0 to 18446744073709551615")]
    [InlineData("drainLimit: 5", "drainLimit is '5'; it must be a duration from 1s to 1h, for example 500ms, 2s, 1m30s")]
    [InlineData("invariants: [nothing-losst]", "did you mean 'nothing-lost'?")]
    [InlineData("expect: failure", "expect is 'failure'; it must be 'violation <checker>'")]
    [InlineData("expect: violation balance\ninvariants: [drains]", "expect wants a violation of 'balance', which is not among the invariants; add it there")]
    [InlineData("shedule: []", "shedule is not known;")]
    [InlineData("schedule: [{anomaly: {service: tickets, point: consume.ack.before, kind: crash}}]", "schedule[0].anomaly.service is 'tickets'; it must be one of: shop/orders, shop/kitchen, shop/loyalty")]
    [InlineData("schedule: [{anomaly: {service: kitchen, point: ack.before, kind: crash}}]", "did you mean 'consume.ack.before'?")]
    [InlineData("schedule: [{anomaly: {service: kitchen, point: consume.ack.before, kind: storm}}]", "schedule[0].anomaly.kind is 'storm', which makes no sense at consume.ack.before: extra messages enter where messages travel")]
    [InlineData("schedule: [{anomaly: {service: kitchen, point: consume.ack.before, kind: crash, match: {messageType: shop.meal-ready}}}]", "match.messageType is 'shop.meal-ready'; at consume.ack.before pass the messages that shop/kitchen consumes, it must be one of: shop.order-placed")]
    [InlineData("schedule: [{anomaly: {service: kitchen, point: relay.send.before, kind: crash, match: {messageType: shop.order-placed}}}]", "pass the messages that shop/kitchen publishes")]
    [InlineData("schedule: [{anomaly: {service: kitchen, point: consume.ack.before, kind: crash, match: {path: /x}}}]", "match.path says nothing at consume.ack.before: no HTTP request passes there")]
    [InlineData("schedule: [{anomaly: {service: kitchen, point: publish.send.before, kind: crash}}]", "which is passed only while the guard 'outbox' of shop/kitchen is off; add -outbox to guards")]
    [InlineData("schedule: [{anomaly: {service: kitchen, point: consume.ack.before, kind: delay}}]", "anomaly.parameters is missing; a delay must have delayMs")]
    [InlineData("schedule: [{anomaly: {service: kitchen, point: consume.ack.before, kind: crash, parameters: {delayMs: 5}}}]", "parameters.delayMs is no parameter of 'crash'; it has none")]
    [InlineData("schedule: [{anomaly: {service: kitchen, point: consume.ack.before, kind: crash, trigger: {nth: 1, every: 2}}}]", "trigger has nth and every; it must have one of")]
    [InlineData("schedule: [{anomaly: {service: kitchen, point: consume.ack.before, kind: crash, trigger: {probability: 0}}}]", "trigger.probability is '0'; it must be a number above 0 and at most 1")]
    [InlineData("schedule: [{at: 2s, on: phase load, disruption: {target: kitchen, verb: kill}}]", "schedule[0] must have one of at, afterOperations, on; it has at and on")]
    [InlineData("schedule: [{on: phase lode, disruption: {target: kitchen, verb: kill}}]", "schedule[0].on is 'phase lode'; it must be one of: phase baseline, phase load, phase heal; did you mean 'phase load'?")]
    [InlineData("schedule: [{disruption: {target: kitchen, verb: terminate-sessions}}]", "is for databases")]
    [InlineData("schedule: [{disruption: {target: kitchen, verb: pause}}]", "schedule[0].for is missing; a pause must have for or until")]
    [InlineData("schedule: [{disruption: {target: postgres/queu, verb: kill}}]", "did you mean 'postgres/queue'?")]
    [InlineData("schedule: [{at: 5s, until: {at: 5s}, disruption: {target: kitchen, verb: kill}}]", "schedule[0].until is at 5 s, which is not after at 5 s")]
    [InlineData("schedule: [{name: a, disruption: {target: kitchen, verb: kill}}, {name: a, disruption: {target: kitchen, verb: kill}}]", "is 'a', which another fault of the schedule has")]
    [InlineData("schedule: [{}]", "schedule[0] must have one of anomaly, disruption, toxic, http, partition, disruptor, generator; it has none")]
    [InlineData("schedule: [{generator: {kinds: [storm], points: [consume.ack.before]}}]", "the generator can draw nothing")]
    [InlineData("hypothesis: [{service: kitchen, path: /menu, figure: outbox}]", "hypothesis[0] must have one of path (an HTTP probe) and figure; it has both")]
    [InlineData("hypothesis: [{service: kitchen, path: menu}]", "hypothesis[0].path is 'menu'; it must begin with /")]
    [InlineData("invariants: [{one-meal: {strickt: true}}]", "invariants[0].one-meal.strickt is not known; it must be one of: strict; did you mean 'strict'?")]
    public void Problem_says_what_is_wrong_and_what_is_allowed(string line, string expected)
    {
        Reading reading = Read(Head + line);

        reading.Battery.ShouldBeNull();
        reading.Problems.ShouldHaveSingleItem().Text.ShouldContain(expected);
        reading.Problems[0].Line.ShouldBeGreaterThanOrEqualTo(4);
    }

    [Theory]
    [InlineData("name: a\nsystem: shop\nworkload: {name: lunch}", "workload must have one of operations and duration; it has none")]
    [InlineData("name: a\nsystem: shop\nworkload: {name: lunch, operations: 1, duration: 1s}", "it has both")]
    [InlineData("name: a\nsystem: shop\nworkload: {name: lunch, operations: 1, guest: 3}", "workload.guest is not known;")]
    [InlineData("name: a\nsystem: shop", "workload is missing")]
    [InlineData("name: a\nsystem: shp\nworkload: {name: lunch, operations: 1}", "system is 'shp'; it must be one of: shop; did you mean 'shop'?")]
    [InlineData("system: shop\nworkload: {name: lunch, operations: 1}", "name is missing")]
    [InlineData("", "the file is empty")]
    [InlineData("- a", "must hold one mapping")]
    [InlineData("name: a\nname: b", "the file is no YAML")]
    [InlineData("name: [a", "the file is no YAML")]
    [InlineData("name: &x a\ntitle: *x", "anchors and aliases")]
    [InlineData("name: a\n---\nname: b", "several documents")]
    public void File_that_is_no_experiment_is_refused_with_the_reason(string text, string expected) => string.Join('\n', Read(text).Lines).ShouldContain(expected);

    [Fact]
    public void Deep_nesting_is_refused_before_it_costs_the_stack() => Read($"name: {new string('[', 500_000)}").Problems.ShouldHaveSingleItem().Text.ShouldContain("nested more than 32 levels");

    [Fact]
    public void Battery_takes_what_is_common_from_its_defaults()
    {
        Reading reading = Read("""
            battery: lunch
            title: Lunch in trouble
            defaults: {system: shop, workload: {name: lunch, operations: 5}, guards: [-inbox]}
            experiments:
              - {name: a}
              - {name: b, guards: [-outbox]}
            """);

        reading.Lines.ShouldBeEmpty();
        reading.IsSingle.ShouldBeFalse();
        reading.Battery!.Cells.Select(cell => cell.Guards.ShouldHaveSingleItem().Guard).ShouldBe(["inbox", "outbox"]);
        Read(ExperimentWriter.Write(reading.Battery)).Battery!.Cells.Count.ShouldBe(2);
    }

    [Fact]
    public void Problem_in_the_defaults_is_told_once()
    {
        string[] lines = [.. Read("battery: b\ndefaults: {system: shp, workload: {name: lunch, operations: 5}}\nexperiments: [{name: a}, {name: b}, {name: a}]").Lines];

        lines.ShouldBe(["test.yaml:2: defaults.system is 'shp'; it must be one of: shop; did you mean 'shop'?"]);
    }

    [Fact]
    public void Two_cells_of_one_name_are_refused() =>
        Read("battery: b\ndefaults: {system: shop, workload: {name: lunch, operations: 5}}\nexperiments: [{name: a}, {name: a}]").Problems.ShouldHaveSingleItem().Text.ShouldContain("which another experiment of the battery has");

    [Fact]
    public void Http_steps_stand_for_a_workload()
    {
        Reading reading = Read("name: a\nsystem: shop\nworkload: {operations: 3, steps: [{service: orders, method: POST, path: '/orders/{operation}', body: '{}'}]}");

        reading.Lines.ShouldBeEmpty();
        reading.Battery!.Cells[0].Workload.Steps.ShouldHaveSingleItem().ShouldBe(new HttpStep(World.Orders, "POST", "/orders/{operation}", "{}"));
        Read(ExperimentWriter.Write(reading.Battery.Cells[0])).Lines.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("2s", 2_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("0.25s", 250)]
    public void Duration_is_read_and_written(string text, double milliseconds)
    {
        TimeSpan time = Durations.Read(text)!.Value;

        time.TotalMilliseconds.ShouldBe(milliseconds);
        Durations.Read(Durations.Write(time)).ShouldBe(time);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1s2m")]
    [InlineData("9999999999h")]
    public void What_is_no_duration_is_refused(string text) => Durations.Read(text).ShouldBeNull();

    private static Reading Read(string text) => ExperimentReader.Read(text, "test.yaml", Shop.Catalogue);
}
