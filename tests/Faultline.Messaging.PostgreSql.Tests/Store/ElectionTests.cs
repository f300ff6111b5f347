using Faultline.Messaging.PostgreSql.Migrations;
using Faultline.Messaging.PostgreSql.Store;
using Faultline.Messaging.Store;
using Faultline.TestSupport;

namespace Faultline.Messaging.PostgreSql.Tests.Store;

/// <summary>How a leader learns of work: it is told, and it looks by itself for what nobody could tell.</summary>
public sealed class ElectionTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DeafLook = TimeSpan.FromSeconds(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_leader_that_is_told_nothing_looks_after_five_seconds_and_not_before()
    {
        ManualTime time = new();
        await using ILeaderTerm term = await LeadAsync(time);

        await IsWaitedForAsync(term, time, Look);
    }

    [Fact]
    public async Task A_word_ends_the_wait_at_once()
    {
        await using ILeaderTerm term = await LeadAsync(new ManualTime());
        Task waiting = term.WaitForWorkAsync(Stop);

        await database.ExecuteAsync($"select pg_notify('{PostgresElection.Channel}', '')");

        await waiting.WaitAsync(Limits.Hang, Stop);
    }

    [Fact]
    public async Task A_leader_that_hears_nobody_any_more_looks_at_once_and_then_after_every_second()
    {
        ManualTime time = new();
        await using ILeaderTerm term = await LeadAsync(time);
        Task waiting = term.WaitForWorkAsync(Stop);

        await database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'");

        await waiting.WaitAsync(Limits.Hang, Stop);
        await IsWaitedForAsync(term, time, DeafLook);
        term.Over.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task Whoever_resigned_leaves_the_way_free_at_once_whatever_session_of_the_pool_the_next_one_gets()
    {
        await (await LeadAsync(new ManualTime())).DisposeAsync();
        await using Npgsql.NpgsqlConnection first = await database.Source.OpenConnectionAsync(Stop);

        await using ILeaderTerm next = await LeadAsync(new ManualTime());
    }

    [Fact]
    public async Task Whoever_resigns_in_a_transaction_that_failed_gives_its_session_back_all_the_same()
    {
        await Migrator.ApplyAsync(database.Source, Migrator.Core, Stop);
        PostgresElection election = new(database.Source, new ManualTime());
        ILeaderTerm term = (await election.TryLeadAsync("one", Stop)).ShouldNotBeNull();
        Npgsql.NpgsqlConnection? session = null;
        await Should.ThrowAsync<StoreException>(() => election.InSessionAsync(async own =>
        {
            session = own;
            await using Npgsql.NpgsqlCommand failing = new("begin; select 1 / 0", own);
            return await failing.ExecuteNonQueryAsync(Stop);
        }));

        await term.DisposeAsync();

        session!.FullState.ShouldBe(System.Data.ConnectionState.Closed);
        await using Npgsql.NpgsqlConnection first = await database.Source.OpenConnectionAsync(Stop);
        await using ILeaderTerm next = await LeadAsync(new ManualTime());
    }

    private static async Task IsWaitedForAsync(ILeaderTerm term, ManualTime time, TimeSpan pause)
    {
        Task waiting = term.WaitForWorkAsync(Stop);
        time.WaitsLeft.Max().ShouldBe(pause); // The beat waits no longer than a second.

        time.Advance(pause);
        await waiting.WaitAsync(Limits.Hang, Stop);
    }

    private async Task<ILeaderTerm> LeadAsync(ManualTime time)
    {
        await Migrator.ApplyAsync(database.Source, Migrator.Core, Stop);
        ILeaderTerm? term = await new PostgresElection(database.Source, time).TryLeadAsync("one", Stop);
        return term.ShouldNotBeNull();
    }
}
