using Faultline.Conformance;
using Faultline.Conformance.Transport;
using Faultline.Messaging.Transport;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

/// <summary>What the planner does when its statistics are wrong, as they are for every queue that has just filled up.</summary>
public sealed class QueuePlanTests(PostgreSqlHarness harness) : TransportConformance(harness), IClassFixture<PostgreSqlHarness>
{
    [Fact]
    public async Task A_queue_that_the_statistics_do_not_know_is_drained_without_losing_the_session()
    {
        const int Count = 30_000;
        PostgreSqlHarness postgreSql = (PostgreSqlHarness)Harness;
        TestSystem known = NewSystem();
        TestSystem unknown = NewSystem();
        ITransport transport = await ConnectAsync(known);
        await transport.DeclareAsync(unknown.Topology, Stop);
        await postgreSql.ExecuteAsync("alter table faultline_queue.message set (autovacuum_enabled = false)");
        await postgreSql.ExecuteAsync(FillSql(known, 100_000));
        await postgreSql.ExecuteAsync("analyze faultline_queue.message");
        await postgreSql.ExecuteAsync(FillSql(unknown, Count));

        Consumer consumer = await ConsumeAsync(transport, unknown.Service, new Manners { UnsettledMax = 2000 });

        await Wait.For("all came", () => consumer.Deliveries.Count >= Count);
        await Wait.For("all are settled", async () => (await transport.DepthAsync(unknown.Service, Stop)).Messages == 0);
        consumer.Events.ShouldNotContain(happened => happened is SubscriptionEvent.Lost);
        (await transport.DepthAsync(known.Service, Stop)).Messages.ShouldBe(100_000);
    }

    private static string FillSql(TestSystem system, int count) =>
        $"""
        insert into faultline_queue.message (queue_id, partition, message_id, type, version, publisher, sent_at, digest, body)
        select q.id, n % 16, gen_random_uuid(), '{system.Type}', 1, '{system.Publisher}', now(), 0, 'x'::bytea
        from faultline_queue.queue q cross join generate_series(1, {count}) as n where q.name = '{system.Service}'
        """;
}
