using Faultline.Protocol.Faults;
using Faultline.Protocol.Links;
using Faultline.Protocol.Services;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;

namespace Faultline.Verification.Tests.Experiments;

public sealed class LinkFaultTests
{
    private const string Head = "name: bad-line\nsystem: shop\nworkload: {name: lunch, operations: 20}\n";

    private const string Whole = """
        schedule:
          - {name: slow, at: 1s, for: 2s, toxic: {link: kitchen-broker, instance: kitchen-2, type: latency, stream: upstream, toxicity: 0.5, attributes: {latency: 100, jitter: 0}}}
          - http:
              link: client-orders
              kind: [abort, status]
              when: after
              match: {method: POST, path: /orders, headers: {fl-cell: x}}
              trigger: {probability: 0.2}
              attributes: {status: 503, body: away}
          - {afterOperations: 5, for: 1s, partition: {group: [kitchen, orders-2], from: [broker], way: out}}
          - {from: {at: 0s}, until: {afterOperations: 15}, disruptor: {every: 500ms, down: {min: 100ms, max: 1s}, targets: [kitchen, broker, orders-database], verbs: [kill, pause], atOnce: 3}}
        """;

    [Fact]
    public void Faults_on_links_are_read_as_they_are_written()
    {
        IReadOnlyList<FaultSpec> schedule = Read(Head + Whole).Schedule;

        ToxicFault toxic = schedule[0].ShouldBeOfType<ToxicFault>();
        (toxic.Name, toxic.Link, toxic.Instance, toxic.Type, toxic.Stream, toxic.Toxicity).ShouldBe(("slow", "kitchen-broker", "kitchen-2", "latency", "upstream", 0.5));
        toxic.Attributes.ShouldBe(new Dictionary<string, double> { ["latency"] = 100, ["jitter"] = 0 }, ignoreOrder: true);
        HttpLinkFault http = schedule[1].ShouldBeOfType<HttpLinkFault>();
        (http.Link, http.When, http.Status, http.Trigger!.Probability, http.Match!.Path).ShouldBe(("client-orders", "after", 503, 0.2, "/orders"));
        http.Kinds.ShouldBe(["abort", "status"]);
        PartitionFault partition = schedule[2].ShouldBeOfType<PartitionFault>();
        (string.Join(',', partition.Group), string.Join(',', partition.Rest), partition.Way).ShouldBe(("kitchen,orders-2", "broker", "out"));
        DisruptorFault disruptor = schedule[3].ShouldBeOfType<DisruptorFault>();
        disruptor.Targets.ShouldBe(["shop/kitchen", "broker", "orders-database"]);
        (disruptor.Every, disruptor.DownMax, disruptor.AtOnce, string.Join(',', disruptor.Verbs)).ShouldBe((TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), 3, "kill,pause"));
    }

    [Fact]
    public void An_experiment_as_run_says_its_link_faults_so_that_they_are_read_again()
    {
        string written = ExperimentWriter.Write(Read(Head + Whole));

        ExperimentWriter.Write(Read(written)).ShouldBe(written);
    }

    [Theory]
    [InlineData("toxic: {link: kitchn-broker, type: latency, attributes: {latency: 1}}", "did you mean 'kitchen-broker'?")]
    [InlineData("toxic: {link: kitchen-broker, type: latncy, attributes: {latency: 1}}", "did you mean 'latency'?")]
    [InlineData("toxic: {link: kitchen-broker, type: latency, attributes: {latncy: 1}}", "did you mean 'latency'?")]
    [InlineData("toxic: {link: kitchen-broker, type: bandwidth}", "attributes.rate is missing; without it bandwidth does nothing")]
    [InlineData("toxic: {link: kitchen-broker, type: latency, toxicity: 2, attributes: {latency: 1}}", "toxicity is '2'; it must be a number above 0 and at most 1")]
    [InlineData("http: {link: kitchen-broker, kind: abort}", "carries no HTTP")]
    [InlineData("http: {link: client-orders, kind: abrt}", "did you mean 'abort'?")]
    [InlineData("http: {link: client-orders, kind: duplicate, when: after}", "makes no sense after the work")]
    [InlineData("http: {link: client-orders, kind: status, attributes: {code: 500}}", "attributes.code is not known")]
    [InlineData("partition: {group: [kitchn]}", "did you mean 'kitchen'?")]
    [InlineData("partition: {group: [kitchen], from: [kitchen]}", "has 'kitchen', which is in the group too")]
    [InlineData("partition: {group: [kitchen], from: [orders]}", "have no link between them")]
    [InlineData("disruptor: {every: 1s, targets: [kitchn]}", "did you mean")]
    [InlineData("disruptor: {every: 1s}", "targets is missing")]
    public void What_is_wrong_with_a_link_fault_is_told_with_what_is_allowed(string fault, string problem) =>
        ProblemsOf($"{Head}schedule:\n  - {fault}\n").ShouldContain(problem);

    [Theory]
    [InlineData("toxic: {link: kitchen-database, type: corrupt, attributes: {rate: 0.01}}", "changed bytes may look right")]
    [InlineData("toxic: {link: kitchen-broker, type: packet_loss, stream: upstream, attributes: {loss_rate: 0.3}}", "a message that vanishes on its way there is taken for confirmed")]
    [InlineData("http: {link: client-orders, kind: status, attributes: {status: 404}}", "tells the client something certain")]
    public void A_fault_whose_consequences_cannot_be_told_needs_an_expected_violation(string fault, string why)
    {
        string text = $"{Head}schedule:\n  - {fault}\n";

        ProblemsOf(text).ShouldContain(why);
        Read($"{text}expect: violation nothing-lost\n").Schedule.Count.ShouldBe(1);
    }

    [Fact]
    public void Every_toxic_and_HTTP_fault_has_a_cell_for_each_kind_of_link()
    {
        foreach (LinkRole role in Enum.GetValues<LinkRole>())
        {
            foreach (string type in ToxicForms.Types)
            {
                LinkFaultTable.OfToxic(type, role, isUpstream: false).Effect.ShouldBe(type == "corrupt" ? LinkEffect.Destructive : LinkEffect.Survivable);
                // RabbitMQ counts what comes; what vanished on its way there is confirmed with the rest.
                LinkFaultTable.OfToxic(type, role, isUpstream: true).Effect.ShouldBe(type == "corrupt" || (type == "packet_loss" && role == LinkRole.Broker) ? LinkEffect.Destructive : LinkEffect.Survivable);
            }

            foreach (string kind in ToxicForms.HttpKinds)
            {
                LinkFaultTable.OfHttp(kind, role, "before", 503).Effect.ShouldBe(role is LinkRole.Database or LinkRole.Broker ? LinkEffect.Refused : LinkEffect.Survivable);
            }
        }
    }

    private static Experiment Read(string text)
    {
        Reading reading = ExperimentReader.Read(text, "file.yaml", Shop.Catalogue);
        reading.Lines.ShouldBeEmpty();
        return reading.Battery!.Cells[0];
    }

    private static string ProblemsOf(string text) => string.Join('\n', ExperimentReader.Read(text, "file.yaml", Shop.Catalogue).Lines);
}
