using Faultline.Messaging.Envelopes;
using Faultline.Messaging.PostgreSql.Migrations;
using Faultline.Messaging.PostgreSql.Store;
using Faultline.Messaging.Store;
using Faultline.TestSupport;

namespace Faultline.Messaging.PostgreSql.Tests.Store;

/// <summary>Rows of the outbox become visible in the order of commits, which is not the order of ids.</summary>
public sealed class OutboxReaderTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_late_row_is_read_with_the_next_one_of_its_key_and_before_it()
    {
        PostgresStore store = await StoreAsync();
        await using IStoreUnit late = await OpenAsync(store, "late");
        await CommitAsync(store, "early");
        OutboxPage first = await store.ReadOutboxAsync(new OutboxRead(0, OutboxSnapshot.Nothing, 100), Stop);
        Types(first).ShouldBe(["early"]);

        await late.CommitAsync(Stop);
        await CommitAsync(store, "later");
        OutboxPage second = await store.ReadOutboxAsync(new OutboxRead(first.Rows[^1].Id, first.Seen!, 100), Stop);

        Types(second).ShouldBe(["late", "later"]);
        Types(await store.ReadOutboxAsync(new OutboxRead(second.Rows[^1].Id, second.Seen!, 100), Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task More_late_rows_than_fit_are_not_read_in_part()
    {
        PostgresStore store = await StoreAsync();
        await using IStoreUnit late = await OpenAsync(store, "one", "two", "three");
        await CommitAsync(store, "early");
        OutboxPage first = await store.ReadOutboxAsync(new OutboxRead(0, OutboxSnapshot.Nothing, 2), Stop);
        await late.CommitAsync(Stop);

        OutboxPage second = await store.ReadOutboxAsync(new OutboxRead(first.Rows[^1].Id, first.Seen!, 2), Stop);

        second.Seen.ShouldBeNull();
        second.Rows.ShouldBeEmpty();
        Types(await store.ReadOutboxAsync(new OutboxRead(0, OutboxSnapshot.Nothing, 2), Stop)).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task Where_late_and_new_rows_do_not_fit_together_the_newest_wait()
    {
        PostgresStore store = await StoreAsync();
        await using IStoreUnit late = await OpenAsync(store, "late");
        await CommitAsync(store, "early");
        OutboxPage first = await store.ReadOutboxAsync(new OutboxRead(0, OutboxSnapshot.Nothing, 2), Stop);
        await late.CommitAsync(Stop);
        await CommitAsync(store, "second");
        await CommitAsync(store, "third");

        OutboxPage page = await store.ReadOutboxAsync(new OutboxRead(first.Rows[^1].Id, first.Seen!, 2), Stop);

        Types(page).ShouldBe(["late", "second"]);
        Types(await store.ReadOutboxAsync(new OutboxRead(page.Rows[^1].Id, page.Seen!, 2), Stop)).ShouldBe(["third"]);
    }

    private static IEnumerable<string> Types(OutboxPage page) => page.Rows.Select(row => row.Message.Type);

    private async Task<PostgresStore> StoreAsync()
    {
        await Migrator.ApplyAsync(database.Source, Migrator.Core, Stop);
        await database.ExecuteAsync("truncate faultline.outbox");
        return new PostgresStore(database.Source, new PostgresElection(database.Source, TimeProvider.System), "one", audit: false);
    }

    private static async Task CommitAsync(PostgresStore store, string type)
    {
        await using IStoreUnit unit = await OpenAsync(store, type);
        await unit.CommitAsync(Stop);
    }

    /// <summary>A transaction that has written its rows and stays open.</summary>
    private static async Task<IStoreUnit> OpenAsync(PostgresStore store, params string[] types)
    {
        IStoreUnit unit = await store.BeginAsync(transactional: true, Stop);
        await unit.FlushAsync(new UnitFlush([.. types.Select(MessageOf)], [], [], [], [], []), Stop);
        return unit;
    }

    private static Envelope MessageOf(string type) => new()
    {
        Id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch),
        Type = type,
        Version = 1,
        // Each of its own key: transactions of one key would wait for each other.
        Key = type,
        Publisher = "test/one",
        Time = DateTimeOffset.UnixEpoch,
        Digest = 0,
        Body = default,
    };
}
