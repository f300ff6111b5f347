using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;

namespace TicketFlow.Checks.Batteries;

/// <summary>The intake on a bad network: every survivable toxic on each kind of link, HTTP faults on the way of the customers, partitions, the disruptor, and all three layers at once.</summary>
internal static class LinksBattery
{
    private const string ToCustomers = "client-inquiries";
    private const string Broker = LinkDescription.Broker;
    private const string Database = LinkDescription.Database;

    /// <summary>One link of each kind; which one goes round, so that all services have their share.</summary>
    private static readonly string[][] Kinds = [["tickets-broker", "inquiries-broker", "translations-broker"], ["inquiries-database", "tickets-database", "translations-database"], [ToCustomers]];

    private sealed record Case(string Type, string Title, TimeSpan? Length, params (string Name, double Value)[] Attributes);

    private static IReadOnlyList<Case> Toxics { get; } =
    [
        new("latency", "what comes is late", null, ("latency", 60), ("jitter", 30)),
        new("bandwidth", "little gets through at a time", null, ("rate", 60)),
        new("slow_close", "ends come late", null, ("delay", 300)),
        new("timeout", "nothing gets through for a while, then connections are closed", TimeSpan.FromSeconds(2), ("timeout", 700)),
        new("reset_peer", "connections are reset for a while", TimeSpan.FromMilliseconds(1500)),
        new("slicer", "bytes come in small pieces", null, ("average_size", 90), ("size_variation", 40)),
        new("limit_data", "connections end after some bytes, for a while", TimeSpan.FromSeconds(2), ("bytes", 6000)),
        new("packet_loss", "pieces are lost for a while", TimeSpan.FromMilliseconds(1500), ("loss_rate", 0.3)),
        new("blackhole_upstream_connect", "nobody gets a new connection for a while", TimeSpan.FromSeconds(2)),
    ];

    public static Battery Of(SystemDescription system) => new("ticketflow/links", "The intake of TicketFlow on a bad network", [.. OnLinks(), .. OnRequests(), .. Partitioned(), .. Disrupted(system), .. Mixed()]);

    private static IEnumerable<Experiment> OnLinks()
    {
        foreach ((string[] links, int kind) in Kinds.Select((links, kind) => (links, kind)))
        {
            foreach ((Case @case, int place) in Toxics.Select((@case, place) => (@case, place)))
            {
                string link = links[(place + kind) % links.Length];
                yield return Cell($"{@case.Type.Replace('_', '-')}-{link}", $"{link}: {@case.Title}", 30, [Toxic(@case, link), .. Helpers(@case.Type, link)]);
            }
        }
    }

    /// <summary>Ends and new connections are rare on links whose connections are kept: without these there would be none for the toxic to act on.</summary>
    private static IEnumerable<FaultSpec> Helpers(string type, string link)
    {
        if (type == "blackhole_upstream_connect") yield return new ToxicFault { Name = "connections reset", Link = link, Type = "reset_peer", From = Moment.AfterOperations(14), For = TimeSpan.FromMilliseconds(300) };
        if (type != "slow_close") yield break;

        if (link == ToCustomers) yield return Http("truncate", "after", new TriggerSpec { Every = 5 }, []);
        else if (IsToBroker(link)) yield return new DisruptionFault { Name = "the client dies", Target = $"ticketflow/{link[..link.IndexOf('-')]}", Verb = DisruptionVerbs.Kill, From = Moment.AfterOperations(8) };
        else yield return new DisruptionFault { Name = "connections ended", Target = "postgres/services", Verb = DisruptionVerbs.TerminateSessions, From = Moment.AfterOperations(8) };
    }

    private static bool IsToBroker(string link) => link.EndsWith(Broker, StringComparison.Ordinal);

    private static ToxicFault Toxic(Case @case, string link) => new()
    {
        Name = @case.Type,
        Link = link,
        Type = @case.Type,
        // RabbitMQ ends no connection, it resets it (its linger time is 0): only the client's end can be late.
        Stream = @case.Type == "slow_close" && IsToBroker(link) ? ToxicForms.Upstream : "downstream",
        // A reply to a customer is short.
        Attributes = @case.Attributes.ToDictionary(attribute => attribute.Name, attribute => attribute.Name == "bytes" && link == ToCustomers ? 900 : attribute.Value),
        From = @case.Length is null ? Moment.BeginOfLoad : Moment.AfterOperations(5),
        For = @case.Length,
    };

    private static IEnumerable<Experiment> OnRequests()
    {
        (string Kind, string When, (string Name, object Value)[] Attributes)[] kinds =
        [
            ("latency", "before", [("latency_ms", 300)]), ("latency", "after", [("latency_ms", 300)]), ("abort", "before", []), ("abort", "after", []), ("status", "before", [("retry_after_seconds", 1)]), ("status", "after", []),
            ("truncate", "before", []), ("truncate", "after", []), ("garbage", "before", []), ("garbage", "after", []), ("slow_body", "before", [("bytes_per_second", 3000)]), ("slow_body", "after", [("bytes_per_second", 3000)]),
            ("duplicate", "before", []),
        ];
        foreach ((string kind, string when, (string Name, object Value)[] attributes) in kinds)
        {
            yield return Cell($"http-{kind.Replace('_', '-')}-{when}", $"requests of customers: {kind} {when} the work", 30, Http(kind, when, new TriggerSpec { Every = 3 }, attributes));
        }

        // A customer waits 5 s for an answer that never comes, so few of them meet it.
        yield return Cell("http-blackhole-before", "requests of customers: swallowed before the work", 20, Http("blackhole", "before", new TriggerSpec { Nth = 4 }, []));
        yield return Cell("http-blackhole-after", "requests of customers: the reply is swallowed", 20, Http("blackhole", "after", new TriggerSpec { Nth = 4 }, []));
    }

    private static HttpLinkFault Http(string kind, string when, TriggerSpec trigger, (string Name, object Value)[] attributes) => new()
    {
        Name = $"{kind} {when}",
        Link = ToCustomers,
        Kinds = [kind],
        When = when,
        Match = new MatchSpec { Method = "POST", Path = "/inquiries" },
        Trigger = trigger,
        Attributes = attributes.ToDictionary(attribute => attribute.Name, attribute => JsonSerializer.SerializeToElement(attribute.Value)),
    };

    private static IEnumerable<Experiment> Partitioned()
    {
        yield return Cell("partition-tickets-broker", "tickets cut off from the broker", 60, Partition("cut", ["tickets"], [Broker], PartitionWays.Both));
        yield return Cell("partition-tickets-broker-out", "what tickets sends does not reach the broker", 60, Partition("cut", ["tickets"], [Broker], PartitionWays.Out));
        yield return Cell("partition-tickets-broker-in", "what the broker sends does not reach tickets", 60, Partition("cut", ["tickets"], [Broker], PartitionWays.In));
        yield return Cell("partition-inquiries-database", "inquiries cut off from its database", 60, Partition("cut", ["inquiries"], [Database], PartitionWays.Both));
        yield return Cell("partition-translations", "translations cut off from everything", 60, Partition("cut", ["translations"], [], PartitionWays.Both));
        yield return Cell("partition-broker", "everything cut off from the broker", 60, Partition("cut", [Broker], [], PartitionWays.Both));
        yield return Cell("partition-instance", "one of two instances of tickets cut off from broker and database", 60, Partition("cut", ["tickets-2"], [Broker, Database], PartitionWays.Both)) with { Replicas = 2 };
    }

    private static PartitionFault Partition(string name, IReadOnlyList<string> group, IReadOnlyList<string> rest, string way) =>
        new() { Name = name, Group = group, Rest = rest, Way = way, From = Moment.AfterOperations(15), For = TimeSpan.FromSeconds(3) };

    private static IEnumerable<Experiment> Disrupted(SystemDescription system)
    {
        string[] services = [.. system.Services.Select(service => service.Service)];
        yield return Cell("disruptor-services", "services go down and come back, two at once", 120, Disruptor(services, TimeSpan.FromMilliseconds(800)));
        yield return Cell("disruptor-links", "links are cut and joined, three at once", 120, Disruptor([.. system.Links.Where(link => link.Role is LinkRole.Broker or LinkRole.Database).Select(link => link.Name)], TimeSpan.FromMilliseconds(500)) with { AtOnce = 3 });
        yield return Cell("disruptor-servers", "database server and broker go down and come back", 120, Disruptor(["postgres/services", Broker], TimeSpan.FromSeconds(2)) with { AtOnce = 1, Verbs = [DisruptionVerbs.Kill, DisruptionVerbs.Pause] });
    }

    private static DisruptorFault Disruptor(IReadOnlyList<string> targets, TimeSpan every) =>
        new() { Name = "disruptor", Targets = targets, Every = every, DownMin = TimeSpan.FromMilliseconds(200), DownMax = TimeSpan.FromMilliseconds(1500), From = Moment.AfterOperations(5), For = TimeSpan.FromSeconds(6) };

    private static IEnumerable<Experiment> Mixed()
    {
        FaultSpec[] layers =
        [
            new AnomalyFault { Name = "repeated messages", Service = "ticketflow/tickets", Point = FaultPoints.ConsumeReceiveAfter.Name, Kind = FaultKinds.Duplicate, Trigger = new TriggerSpec { Probability = 0.3 } },
            new AnomalyFault { Name = "failing handlers", Service = "ticketflow/inquiries", Point = FaultPoints.ConsumeHandleBefore.Name, Kind = FaultKinds.Exception, Trigger = new TriggerSpec { Probability = 0.1 } },
            new ToxicFault { Name = "slow broker", Link = "translations-broker", Type = "latency", Attributes = new Dictionary<string, double> { ["latency"] = 40, ["jitter"] = 40 } },
            new HttpLinkFault { Name = "bad line", Link = ToCustomers, Kinds = ["abort", "status"], When = "after", Match = new MatchSpec { Method = "POST" }, Trigger = new TriggerSpec { Probability = 0.2 } },
            new PartitionFault { Name = "no database", Group = ["tickets"], Rest = [Database], From = Moment.AfterOperations(20), For = TimeSpan.FromSeconds(1.5) },
            Disruptor(["ticketflow/inquiries", "ticketflow/tickets", "ticketflow/translations", "inquiries-broker"], TimeSpan.FromMilliseconds(900)),
        ];
        yield return Cell("storm", "anomalies, link faults and the disruptor at once", 120, layers);
        yield return Cell("storm-replicas", "the same, with two instances of each service", 120, layers) with { Replicas = 2 };
    }

    private static Experiment Cell(string name, string title, int operations, params IReadOnlyList<FaultSpec> schedule) =>
        IntakeBattery.Cell(name, title, new WorkloadSpec { Name = "intake", Operations = operations, Concurrency = 4, Parameters = new Dictionary<string, JsonElement> { ["foreign"] = JsonSerializer.SerializeToElement(true) } }, schedule);
}
