using Faultline.Conformance;
using Faultline.Conformance.Transport;
using Faultline.Messaging.PostgreSql.Transport;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

/// <summary>A message that was stored without a word to the consumer: its sender was killed in between.</summary>
public sealed class SafetyLookTests(PostgreSqlHarness harness) : TransportConformance(harness), IClassFixture<PostgreSqlHarness>
{
    private static readonly PostgreSqlTransportOptions Quick = new() { BeatInterval = TimeSpan.FromMilliseconds(100) };

    [Fact]
    public async Task Is_found_by_a_look()
    {
        TestSystem system = NewSystem();
        PostgreSqlTransport transport = await ConnectAsync(system, Quick with { LookInterval = TimeSpan.FromMilliseconds(200) });
        Consumer consumer = await ConsumeAsync(transport, system.Service);
        await WaitForBeatsAsync(system, 2); // Its first reads are over.

        await StoreSilentlyAsync(system);

        await Wait.For("it arrived", () => consumer.Deliveries.Count == 1);
    }

    [Fact]
    public async Task Is_not_looked_for_at_every_beat()
    {
        TestSystem system = NewSystem();
        PostgreSqlTransport transport = await ConnectAsync(system, Quick with { LookInterval = TimeSpan.FromHours(1) });
        Consumer consumer = await ConsumeAsync(transport, system.Service);
        await WaitForBeatsAsync(system, 2); // Its first reads are over.

        await StoreSilentlyAsync(system);

        await WaitForBeatsAsync(system, 3);
        consumer.Deliveries.ShouldBeEmpty();

        await SendAsync(transport, [.. system.Messages(50, number => $"k{number}")]);
        await Wait.For("a word to its partition brought it too", () => consumer.Deliveries.Count == 51);
    }

    private PostgreSqlHarness PostgreSql => (PostgreSqlHarness)Harness;

    private async Task<PostgreSqlTransport> ConnectAsync(TestSystem system, PostgreSqlTransportOptions options)
    {
        PostgreSqlTransport transport = Keep(await PostgreSql.ConnectAsync(Harness.Broker.Port, options));
        await transport.DeclareAsync(system.Topology, Stop);
        return transport;
    }

    private async Task WaitForBeatsAsync(TestSystem system, int beats)
    {
        for (int beat = 0; beat < beats; beat++)
        {
            object? seen = await ExpiryAsync();
            await Wait.For("a beat", async () => !Equals(await ExpiryAsync(), seen));
        }

        Task<object?> ExpiryAsync() => PostgreSql.ScalarAsync(
            $"select s.expires_at from faultline_queue.session s join faultline_queue.queue q on q.id = s.queue_id where q.name = '{system.Service}'");
    }

    private Task StoreSilentlyAsync(TestSystem system) => PostgreSql.ExecuteAsync(
        $"""
        insert into faultline_queue.message (queue_id, partition, message_id, type, version, publisher, sent_at, digest, body)
        select id, 3, gen_random_uuid(), '{system.Type}', 1, '{system.Publisher}', now(), 0, 'silent'::bytea from faultline_queue.queue where name = '{system.Service}'
        """);
}
