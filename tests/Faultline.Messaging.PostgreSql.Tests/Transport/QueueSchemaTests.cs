using Faultline.Conformance;
using Faultline.Conformance.Transport;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.PostgreSql.Transport;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

/// <summary>What only this transport has: its tables, its options, and rows that others wrote into them.</summary>
public sealed class QueueSchemaTests(PostgreSqlHarness harness) : TransportConformance(harness), IClassFixture<PostgreSqlHarness>
{
    private PostgreSqlHarness PostgreSql => (PostgreSqlHarness)Harness;

    [Fact]
    public async Task Many_processes_may_connect_to_an_empty_database_at_once()
    {
        await PostgreSql.ExecuteAsync("drop schema if exists faultline_queue cascade");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ConnectAsync()));

        (await PostgreSql.ScalarAsync("select count(*) from faultline_queue.version")).ShouldBe(2L);
    }

    [Fact]
    public async Task A_schema_of_a_newer_program_is_refused()
    {
        await ConnectAsync();
        await PostgreSql.ExecuteAsync("insert into faultline_queue.version (number) values (999)");
        try
        {
            (await Should.ThrowAsync<InvalidOperationException>(ConnectAsync)).Message.ShouldContain("999");
        }
        finally
        {
            await PostgreSql.ExecuteAsync("delete from faultline_queue.version where number = 999");
        }
    }

    [Fact]
    public async Task All_problems_of_the_options_are_told_at_once()
    {
        PostgreSqlTransportOptions options = new() { BeatInterval = TimeSpan.Zero, LeaseDuration = TimeSpan.FromSeconds(1), FetchRowsMax = 0 };

        ArgumentException error = await Should.ThrowAsync<ArgumentException>(() => PostgreSql.ConnectAsync(Harness.Broker.Port, options));

        error.Message.ShouldContain("beatInterval");
        error.Message.ShouldContain("leaseDuration");
        error.Message.ShouldContain("fetchRowsMax");
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_reported_without_the_connection_string()
    {
        await using NpgsqlDataSource nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=somebody;Password=hunter2;Timeout=2");

        TransportException error = await Should.ThrowAsync<TransportException>(
            () => PostgreSqlTransport.ConnectAsync(nowhere, TimeProvider.System, NullLogger.Instance, Stop));

        error.ToString().ShouldNotContain("hunter2");
        error.ToString().ShouldNotContain("somebody");
    }

    [Fact]
    public async Task A_multiplexing_data_source_is_refused()
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create("Host=127.0.0.1;Multiplexing=true");

        (await Should.ThrowAsync<ArgumentException>(() => PostgreSqlTransport.ConnectAsync(source, TimeProvider.System, NullLogger.Instance, Stop))).Message.ShouldContain("multiplexes");
    }

    [Theory]
    [InlineData("version", "null")]
    [InlineData("publisher", "null")]
    [InlineData("sent_at", "null")]
    [InlineData("digest", "null")]
    [InlineData("body", "null")]
    [InlineData("headers", "'[]'")]
    [InlineData("headers", "'{\"a\": 1}'")]
    [InlineData("headers", "'{\"a\": null}'")]
    [InlineData("headers", "'null'")]
    [InlineData("headers", "''")]
    public async Task Whatever_is_wrong_with_a_row_it_is_delivered_as_malformed_and_the_next_ones_come(string column, string value)
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        await SendAsync(transport, [.. system.Messages(3, _ => "k")]);
        await PostgreSql.ExecuteAsync($"update faultline_queue.message set {column} = {value} where queue_id = (select id from faultline_queue.queue where name = '{system.Service}') and body = '1'");

        Consumer consumer = await ConsumeAsync(transport, system.Service);

        await Wait.For("all came", () => consumer.Deliveries.Count == 3);
        consumer.Deliveries.Select(delivery => delivery.Malformed is null).ShouldBe([true, false, true]);
        await Wait.For("all are settled", async () => (await transport.DepthAsync(system.Service, Stop)).Messages == 0);
    }

    [Theory]
    [InlineData("'infinity'")]
    [InlineData("'-infinity'")]
    [InlineData("'4713-01-01 BC'")]
    [InlineData("'294276-12-31'")]
    public async Task A_time_that_no_clock_shows_stops_nobody(string time)
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        await SendAsync(transport, [.. system.Messages(3, _ => "k")]);
        await PostgreSql.ExecuteAsync($"update faultline_queue.message set sent_at = {time} where queue_id = (select id from faultline_queue.queue where name = '{system.Service}') and body = '1'");

        Consumer consumer = await ConsumeAsync(transport, system.Service);

        await Wait.For("all came", () => consumer.Deliveries.Count == 3);
        consumer.Deliveries[0].Malformed.ShouldBeNull();
        consumer.Deliveries[2].Malformed.ShouldBeNull();
    }

    [Theory]
    [InlineData(0x0000)]
    [InlineData(0xD83D)] // The first half of a surrogate pair, alone.
    public async Task A_text_that_cannot_be_stored_is_refused_by_name_before_anything_is_sent(int character)
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        Envelope message = system.Message("1", $"a{(char)character}b");

        (await Should.ThrowAsync<ArgumentException>(() => transport.SendAsync([message], Stop))).Message.ShouldContain(message.Id.ToString());

        await SendAsync(transport, system.Message("2", "k"));
    }

    [Fact]
    public async Task Headers_may_hold_any_text()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        Dictionary<string, string> headers = new() { ["nul"] = "a\0b", ["quote"] = "\"\\\u2028" };
        await SendAsync(transport, system.Message("1") with { Headers = headers });

        Consumer consumer = await ConsumeAsync(transport, system.Service);

        await Wait.For("it came", () => consumer.Deliveries.Count == 1);
        consumer.Deliveries[0].Message!.Headers.ShouldBe(headers, ignoreOrder: true);
    }

    [Fact]
    public async Task The_number_of_partitions_changes_only_while_a_queue_is_empty()
    {
        TestSystem system = NewSystem(partitions: 4);
        ITransport transport = await ConnectAsync(system);
        await SendAsync(transport, system.Message("1", "k"));
        SystemTopology other = new(system.Topology.Services, Partitions: 8);

        (await Should.ThrowAsync<InvalidOperationException>(() => transport.DeclareAsync(other, Stop))).Message.ShouldContain(system.Service);

        await PostgreSql.ExecuteAsync("truncate faultline_queue.message");
        ITransport second = await ConnectAsync();
        await second.DeclareAsync(other, Stop);
        await SendUntilConfirmedAsync(transport, [.. Enumerable.Range(0, 40).Select(number => system.Message($"{number}", $"k{number}"))]);
        Consumer consumer = await ConsumeAsync(second, system.Service);
        await Wait.For("all came, from eight partitions", () => consumer.Deliveries.Count == 40 && consumer.Owned.Count == 8);
    }

    // The first transport still thinks of four partitions: it is told so once, and learns.
    private static Task SendUntilConfirmedAsync(ITransport transport, IReadOnlyList<Envelope> batch) =>
        Wait.For("all are confirmed", async () => (await transport.SendAsync(batch, Stop)).All(outcome => outcome == SendOutcome.Confirmed));
}
