using System.Data.Common;
using System.Text.Json;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Streams;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;

namespace Faultline.Conformance.Transport;

/// <summary>Projections on the streams of a transport: rows and offset commit together, so that each event has its effect once, whatever crashes and whatever is sent again.</summary>
public abstract class ProjectionConformance(TransportHarness harness) : TransportConformance(harness)
{
    private const string Tables =
        """
        create table if not exists total (projection text not null, key text not null, amount bigint not null, primary key (projection, key));
        create table if not exists taken (projection text not null, place bigint generated always as identity, key text not null, number int not null);
        """;

    /// <summary>An amount that somebody added.</summary>
    [Message("conformance.added")]
    protected sealed record Added(string Key, int Number) : IMessage
    {
        string? IMessage.Key => Key;
    }

    /// <summary>The database of projections, with the tables of the messaging core.</summary>
    protected abstract Task<(IProjectionStore Store, DbDataSource Database)> OpenDatabaseAsync();

    [Fact]
    public async Task A_projection_follows_the_stream_and_a_new_one_catches_up_from_the_beginning()
    {
        Scene scene = await BeginAsync();
        await using (scene.Run("live"))
        {
            await scene.SendAsync(0, 40);
            await scene.ReachAsync("live", 40);

            await using (scene.Run("late")) await scene.ReachAsync("late", 40);
        }

        (await scene.RowsAsync("late")).ShouldBe(await scene.RowsAsync("live"));
    }

    [Fact]
    public async Task A_projection_goes_on_where_it_was_after_a_restart()
    {
        Scene scene = await BeginAsync();
        await using (scene.Run("live"))
        {
            await scene.SendAsync(0, 10);
            await scene.ReachAsync("live", 10);
        }

        await scene.SendAsync(10, 10);
        await using (scene.Run("live")) await scene.ReachAsync("live", 20);

        (await scene.NumbersAsync("live")).Count.ShouldBe(20);
    }

    [Fact]
    public async Task A_crash_between_effect_and_offset_undoes_both_and_repeats_nothing()
    {
        Scene scene = await BeginAsync();
        await scene.SendAsync(0, 20);

        // The projection breaks off after the effect of each of these events, once, with rows written and nothing committed.
        await using (scene.Run("live", failAfter: [3, 11, 19])) await scene.ReachAsync("live", 20);

        (await scene.NumbersAsync("live")).ShouldBe(Enumerable.Range(0, 20));
    }

    [Fact]
    public async Task Several_runners_of_one_projection_have_each_effect_once()
    {
        Scene scene = await BeginAsync();
        await using (scene.Run("live"))
        await using (scene.Run("live"))
        await using (scene.Run("live"))
        {
            for (int round = 0; round < 10; round++) await scene.SendAsync(round * 10, 10);
            await scene.ReachAsync("live", 100);
        }

        (await scene.NumbersAsync("live")).ShouldBe(Enumerable.Range(0, 100));
    }

    [Fact]
    public async Task A_rebuild_from_the_beginning_equals_the_live_one_also_when_messages_were_sent_again()
    {
        Scene scene = await BeginAsync();
        var chance = new Random(7);
        await using (scene.Run("live"))
        {
            List<Envelope> sent = [];
            for (int round = 0; round < 10; round++)
            {
                sent.AddRange(await scene.SendAsync(round * 10, 10));
                // What a relay does that lost its confirms: some of what it sent before, once more, in their order.
                int from = chance.Next(sent.Count);
                await SendAsync(scene.Transport, [.. sent.Skip(from).Take(1 + chance.Next(15))]);
            }

            await scene.ReachAsync("live", 100);
            IReadOnlyList<string> before = await scene.RowsAsync("live");

            await scene.RebuildAsync("live");
            await scene.ReachAsync("live", 100);

            (await scene.RowsAsync("live")).ShouldBe(before);
        }

        await using (scene.Run("new")) await scene.ReachAsync("new", 100);
        (await scene.RowsAsync("new")).ShouldBe(await scene.RowsAsync("live"));
        (await scene.NumbersAsync("live")).Order().ShouldBe(Enumerable.Range(0, 100));
        foreach (int key in Enumerable.Range(0, 3)) (await scene.NumbersAsync("live", $"k{key}")).ShouldBeInOrder();
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_holds_the_projection_up_and_is_not_passed_over()
    {
        Scene scene = await BeginAsync();
        await using (scene.Run("live"))
        {
            await scene.SendAsync(0, 5);
            await SendAsync(scene.Transport, scene.Message(5) with { Version = 9 });
            await scene.SendAsync(6, 5);
            await scene.ReachAsync("live", 5);
            await Wait.For("it is held up", () => scene.Log.Said("version 9 of 'conformance.added' is unknown here"));
        }

        (await scene.NumbersAsync("live")).ShouldBe(Enumerable.Range(0, 5));
    }

    private async Task<Scene> BeginAsync()
    {
        Assert.SkipUnless(Harness.Traits.Streams, "this transport keeps no streams");
        (IProjectionStore store, DbDataSource database) = await OpenDatabaseAsync();
        await using (DbCommand command = database.CreateCommand(Tables)) await command.ExecuteNonQueryAsync(Stop);
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync();
        StreamTopology stream = new($"{system.Publisher}/events");
        await transport.DeclareAsync(new SystemTopology([new ServiceTopology(system.Publisher, [new("conformance.added", 1)], [])], 1) { Stream = stream }, Stop);
        return new Scene(transport, system, stream.Name, store, database);
    }

    /// <summary>Adds amounts per key, and notes the order in which they came.</summary>
    private sealed class Totals : Projection
    {
        private readonly HashSet<int> _failAfter;

        public Totals(string name, IEnumerable<int> failAfter)
            : base(name)
        {
            _failAfter = [.. failAfter];
            On<Added>(AddAsync);
        }

        public override Task ClearAsync(DbConnection connection, DbTransaction transaction, CancellationToken stop) =>
            RunAsync(connection, transaction, $"delete from total where projection = '{Name}'; delete from taken where projection = '{Name}'", stop);

        private async Task AddAsync(Added added, ProjectedEvent projected, CancellationToken stop)
        {
            await RunAsync(
                projected.Connection, projected.Transaction,
                $"""
                insert into total values ('{Name}', '{added.Key}', {added.Number}) on conflict (projection, key) do update set amount = total.amount + {added.Number};
                insert into taken (projection, key, number) values ('{Name}', '{added.Key}', {added.Number})
                """,
                stop);
            if (_failAfter.Remove(added.Number)) throw new InvalidOperationException("planted: the process ends here");
        }

        private static async Task RunAsync(DbConnection connection, DbTransaction transaction, string sql, CancellationToken stop)
        {
            await using DbCommand command = connection.CreateCommand();
            (command.CommandText, command.Transaction) = (sql, transaction);
            await command.ExecuteNonQueryAsync(stop);
        }
    }

    /// <summary>A stream, and projections of it.</summary>
    private sealed class Scene(ITransport transport, TestSystem system, string stream, IProjectionStore store, DbDataSource database)
    {
        private readonly string _prefix = $"{stream} ";

        public ITransport Transport => transport;

        public SaidLog Log { get; } = new();

        public IAsyncDisposable Run(string name, params IEnumerable<int> failAfter) => new Running(Runner(name, failAfter));

        public Task RebuildAsync(string name) => Runner(name, []).RebuildAsync(Stop);

        public Envelope Message(int number)
        {
            var added = new Added($"k{number % 3}", number);
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(added, MessageCatalogue.Json);
            return system.Message("", added.Key) with { Type = "conformance.added", Body = body, Digest = BodyDigest.Of(body) };
        }

        public async Task<IReadOnlyList<Envelope>> SendAsync(int from, int count)
        {
            Envelope[] messages = [.. Enumerable.Range(from, count).Select(Message)];
            await TransportConformance.SendAsync(transport, messages);
            return messages;
        }

        public Task ReachAsync(string name, int count) => Wait.For($"{name} has {count} rows", async () => (await NumbersAsync(name)).Count >= count);

        public async Task<IReadOnlyList<int>> NumbersAsync(string name, string? key = null) =>
            [.. (await ReadAsync($"select number from taken where projection = '{_prefix}{name}'{(key is null ? "" : $" and key = '{key}'")} order by place")).Select(int.Parse)];

        public Task<IReadOnlyList<string>> RowsAsync(string name) => ReadAsync($"select key || '=' || amount from total where projection = '{_prefix}{name}' order by key");

        private ProjectionRunner Runner(string name, IEnumerable<int> failAfter) =>
            new(new Totals(_prefix + name, failAfter), stream, (IEventStreams)transport, store, TimeProvider.System, Log) { LookInterval = TimeSpan.FromMilliseconds(200) };

        private async Task<IReadOnlyList<string>> ReadAsync(string sql)
        {
            await using DbCommand command = database.CreateCommand(sql);
            await using DbDataReader rows = await command.ExecuteReaderAsync(Stop);
            List<string> values = [];
            while (await rows.ReadAsync(Stop)) values.Add(rows.GetValue(0).ToString()!);
            return values;
        }
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public Running(ProjectionRunner runner) => _running = Task.Run(() => runner.RunAsync(_stop.Token));

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            _stop.Dispose();
        }
    }
}
