using Faultline.Conformance;
using Faultline.Conformance.Transport;
using Faultline.Messaging.PostgreSql.Transport;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

/// <summary>The order of ids in a partition is the order of commits, so that nothing becomes visible behind a reader's cursor.</summary>
public sealed class SenderOrderTests(PostgreSqlHarness harness) : TransportConformance(harness), IClassFixture<PostgreSqlHarness>
{
    private static readonly PostgreSqlTransportOptions Quick = new() { BeatInterval = TimeSpan.FromMilliseconds(100) };

    [Fact]
    public async Task Of_two_senders_to_one_partition_the_second_draws_its_ids_after_the_commit_of_the_first()
    {
        const int Shared = 3;
        TestSystem system = NewSystem();
        PostgreSqlTransport transport = await ConnectAsync(system, Quick);
        Consumer consumer = await ConsumeAsync(transport, system.Service);
        await using NpgsqlConnection sender = await PostgreSql.OpenAsync();
        await using NpgsqlTransaction first = await sender.BeginTransactionAsync(Stop);
        await ExecuteAsync(sender, $"select pg_advisory_xact_lock({LockKeys.Partition}, id * 256 + {Shared}) from faultline_queue.queue where name = '{system.Service}'");

        Task second = SendAsync(transport, [.. system.Messages(50, number => $"k{number}")]);
        await Wait.For("the second waits", async () => (bool)(await PostgreSql.ScalarAsync(
            $"select exists (select from pg_locks where locktype = 'advisory' and classid = {LockKeys.Partition} and not granted and database = (select oid from pg_database where datname = current_database()))"))!);
        await ExecuteAsync(
            sender,
            $"""
            insert into faultline_queue.message (queue_id, partition, message_id, type, version, publisher, sent_at, digest, body)
            select id, {Shared}, gen_random_uuid(), '{system.Type}', 1, '{system.Publisher}', now(), 0, 'first'::bytea from faultline_queue.queue where name = '{system.Service}'
            """);
        await first.CommitAsync(Stop);
        await second;

        await Wait.For("all arrived", () => consumer.Deliveries.Count == 51);
        consumer.Deliveries.Where(delivery => delivery.Partition == Shared).Select(delivery => delivery.Tag).ShouldBeInOrder();
        consumer.Texts[consumer.Deliveries.ToList().FindIndex(delivery => delivery.Partition == Shared)].ShouldBe("first");
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

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private async Task<PostgreSqlTransport> ConnectAsync(TestSystem system, PostgreSqlTransportOptions options)
    {
        PostgreSqlTransport transport = Keep(await PostgreSql.ConnectAsync(Harness.Broker.Port, options));
        await transport.DeclareAsync(system.Topology, Stop);
        return transport;
    }
}
