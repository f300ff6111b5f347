using Faultline.Conformance.Transport;
using Faultline.Messaging.PostgreSql.Transport;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

public sealed class PostgreSqlTopologyCheckTests(PostgreSqlHarness harness) : TransportConformance(harness), IClassFixture<PostgreSqlHarness>
{
    [Fact]
    public async Task What_was_declared_is_there()
    {
        SystemTopology topology = await DeclareAsync();

        (await CompareAsync(topology)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_binding_and_a_queue_that_nobody_declared_are_named()
    {
        SystemTopology topology = await DeclareAsync();
        string system = topology.Services[0].Service.Split('/')[0];
        await ExecuteAsync($"insert into faultline_queue.queue (name, service, partitions) values ('{system}/planted', '{system}/planted', 1)");
        await ExecuteAsync($"insert into faultline_queue.binding (exchange, type, queue_id) select '{system}/out', 'planted.type', id from faultline_queue.queue where name = '{system}/in'");

        (await CompareAsync(topology)).ShouldBe([$"queue '{system}/planted' is not declared", $"binding '{system}/out' planted.type -> {system}/in is not declared"]);
    }

    [Fact]
    public async Task What_is_missing_or_otherwise_is_named()
    {
        SystemTopology topology = await DeclareAsync();
        string system = topology.Services[0].Service.Split('/')[0];
        await ExecuteAsync($"delete from faultline_queue.binding where exchange = '{system}/out'");
        await ExecuteAsync($"delete from faultline_queue.stream_binding where exchange = '{system}/out'");
        await ExecuteAsync($"delete from faultline_queue.partition p using faultline_queue.queue q where q.id = p.queue_id and q.name = '{system}/in' and p.partition = 2");
        await ExecuteAsync($"update faultline_queue.stream set bytes_max = 77 where name = '{system}/events'");

        string[] found = await CompareAsync(topology);

        found.Length.ShouldBe(4);
        found[0].ShouldBe($"queue '{system}/in' has 4 partitions, and rows for 3; declared are 4");
        found[1].ShouldStartWith($"stream '{system}/events' keeps 604800 s, 77 bytes");
        found[2].ShouldBe($"binding '{system}/out' {system}.happened -> {system}/in is missing");
        found[3].ShouldBe($"stream binding '{system}/out' {system}.happened -> {system}/events is missing");
    }

    [Fact]
    public async Task A_system_that_was_never_declared_is_missing_as_a_whole_and_others_are_none_of_its_business()
    {
        await DeclareAsync();

        string[] found = await CompareAsync(NewSystem(4).Topology);

        found.ShouldAllBe(line => line.EndsWith(" is missing", StringComparison.Ordinal));
        found.Length.ShouldBe(5); // Two exchanges, two queues, a binding.
    }

    private async Task<SystemTopology> DeclareAsync()
    {
        TestSystem system = NewSystem(4);
        SystemTopology topology = system.Topology with { Stream = new StreamTopology($"{system.Publisher.Split('/')[0]}/events") };
        ITransport transport = await ConnectAsync();
        await transport.DeclareAsync(topology, Stop);
        return topology;
    }

    private async Task<string[]> CompareAsync(SystemTopology topology)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(((PostgreSqlHarness)Harness).ConnectionString);
        TopologyFindings findings = await PostgreSqlTopologyCheck.CompareAsync(source, topology, Stop);
        findings.NotCompared.ShouldBeEmpty();
        return [.. findings.Differences.Select(difference => difference.ToString())];
    }

    private Task ExecuteAsync(string sql) => ((PostgreSqlHarness)Harness).ExecuteAsync(sql);
}
