using Faultline.Conformance;
using Faultline.Conformance.Transport;
using Faultline.Messaging.PostgreSql.Transport;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

/// <summary>Rows that become visible behind the cursor: of two senders at once, the one with the lower ids commits later.</summary>
public sealed class LateRowTests(PostgreSqlHarness harness) : TransportConformance(harness), IClassFixture<PostgreSqlHarness>
{
    private static readonly PostgreSqlTransportOptions Quick = new() { BeatInterval = TimeSpan.FromMilliseconds(100), FullRescanInterval = TimeSpan.FromHours(1) };

    [Fact]
    public async Task A_row_that_is_committed_late_with_a_lower_id_is_found()
    {
        TestSystem system = NewSystem();
        PostgreSqlTransport transport = await ConnectAsync(system, Quick);
        Consumer consumer = await ConsumeAsync(transport, system.Service);
        await using NpgsqlConnection sender = await PostgreSql.OpenAsync();
        await using NpgsqlTransaction open = await StoreLateAsync(sender, system);

        await SendAsync(transport, [.. system.Messages(50, number => $"k{number}")]);
        await Wait.For("the others arrived", () => consumer.Deliveries.Count == 50);
        await open.CommitAsync(Stop);

        await Wait.For("the late one arrived", () => consumer.Deliveries.Count == 51);
        consumer.Deliveries[50].Tag.ShouldBeLessThan(consumer.Deliveries[0].Tag);
        consumer.Deliveries[50].Redelivered.ShouldBeFalse();
    }

    [Fact]
    public async Task A_row_that_is_committed_many_rescans_later_is_found_while_traffic_goes_on()
    {
        TestSystem system = NewSystem();
        PostgreSqlTransport transport = await ConnectAsync(system, Quick);
        Consumer consumer = await ConsumeAsync(transport, system.Service, new Manners { UnsettledMax = 3 });
        await using NpgsqlConnection sender = await PostgreSql.OpenAsync();
        await using NpgsqlTransaction open = await StoreLateAsync(sender, system);

        long begun = TimeProvider.System.GetTimestamp();
        int sent = 0;
        await Wait.For("more than ten rescans", async () =>
        {
            await SendAsync(transport, [.. system.Messages(5, number => $"k{number}")]);
            sent += 5;
            return TimeProvider.System.GetElapsedTime(begun) > TimeSpan.FromSeconds(1.5);
        });
        await open.CommitAsync(Stop);
        await Wait.For("the late one arrived during the traffic", async () =>
        {
            await SendAsync(transport, [.. system.Messages(5, number => $"k{number}")]);
            sent += 5;
            return consumer.Texts.Contains("late");
        });

        await Wait.For("all arrived", () => consumer.Deliveries.Count == sent + 1);
    }

    [Fact]
    public async Task A_row_behind_the_watermark_is_found_by_the_full_rescan()
    {
        TestSystem system = NewSystem();
        PostgreSqlTransport transport = await ConnectAsync(system, Quick with { FullRescanInterval = TimeSpan.FromSeconds(2) });
        Consumer consumer = await ConsumeAsync(transport, system.Service);
        long unused = (long)(await PostgreSql.ScalarAsync("select nextval('faultline_queue.message_id_seq')"))!;
        await SendAsync(transport, [.. system.Messages(50, number => $"k{number}")]);
        await Wait.For("the others arrived", () => consumer.Deliveries.Count == 50);

        // A sender that was stopped after it had drawn its id and before it began to write: no snapshot shows it.
        await PostgreSql.ExecuteAsync(LateSql(system, $"{unused}"));

        await Wait.For("it arrived", () => consumer.Texts.Contains("late"));
    }

    [Fact]
    public async Task An_old_open_transaction_elsewhere_delays_nothing()
    {
        TestSystem system = NewSystem();
        PostgreSqlTransport transport = await ConnectAsync(system, Quick);
        Consumer consumer = await ConsumeAsync(transport, system.Service);
        await using NpgsqlConnection idle = await PostgreSql.OpenAsync();
        await using NpgsqlTransaction open = await idle.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Stop);
        await using NpgsqlCommand command = new("create table held (a integer)", idle);
        await command.ExecuteNonQueryAsync(Stop);

        for (int round = 0; round < 20; round++)
        {
            await SendAsync(transport, [.. system.Messages(20, number => $"k{number}")]);
            int expected = (round + 1) * 20;
            await Wait.For("the round arrived", () => consumer.Deliveries.Count == expected);
        }
    }

    [Fact]
    public async Task When_all_is_settled_no_claim_and_no_message_is_left()
    {
        TestSystem system = NewSystem();
        PostgreSqlTransport transport = await ConnectAsync(system, Quick with { SweepInterval = TimeSpan.FromMilliseconds(200) });
        Consumer first = await ConsumeAsync(transport, system.Service, new Manners { Acks = false, UnsettledMax = 30 });
        await SendAsync(transport, [.. system.Messages(200, number => $"k{number}")]);
        await Wait.For("some are in hand", () => first.Deliveries.Count == 30);
        await PostgreSql.DropConnectionsAsync();
        await first.DisposeAsync();

        await ConsumeAsync(transport, system.Service, new Manners { UnsettledMax = 30 });

        await Wait.For("nothing is left", async () =>
            (long)(await PostgreSql.ScalarAsync("select (select count(*) from faultline_queue.message) + (select count(*) from faultline_queue.claim)"))! == 0);
    }

    private PostgreSqlHarness PostgreSql => (PostgreSqlHarness)Harness;

    private static string LateSql(TestSystem system, string id) =>
        $"""
        insert into faultline_queue.message (id, queue_id, partition, message_id, type, version, publisher, sent_at, digest, body)
        select {id}, id, 3, gen_random_uuid(), '{system.Type}', 1, '{system.Publisher}', now(), 0, 'late'::bytea from faultline_queue.queue where name = '{system.Service}'
        """;

    private static async Task<NpgsqlTransaction> StoreLateAsync(NpgsqlConnection sender, TestSystem system)
    {
        NpgsqlTransaction open = await sender.BeginTransactionAsync(Stop);
        await using NpgsqlCommand command = new(LateSql(system, "nextval('faultline_queue.message_id_seq')"), sender);
        await command.ExecuteNonQueryAsync(Stop);
        return open;
    }

    private async Task<PostgreSqlTransport> ConnectAsync(TestSystem system, PostgreSqlTransportOptions options)
    {
        PostgreSqlTransport transport = Keep(await PostgreSql.ConnectAsync(Harness.Broker.Port, options));
        await transport.DeclareAsync(system.Topology, Stop);
        return transport;
    }
}
