using Faultline.Messaging.PostgreSql.Migrations;
using Faultline.Messaging.PostgreSql.Store;
using Faultline.TestSupport;

namespace Faultline.Messaging.PostgreSql.Tests.Store;

/// <summary>What is remembered for a time only does not grow for ever.</summary>
public sealed class TrimTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("inbox", "(message_id, noted_at) select gen_random_uuid(), at")]
    [InlineData("handling", "(message_id, begun, begun_at) select gen_random_uuid(), 1, at")]
    [InlineData("idempotency", "(key, fingerprint, at) select gen_random_uuid()::text, ''::bytea, at")]
    [InlineData("audit", "(fact, message_id, type, version, instance, attempt, injected, at) select 1, gen_random_uuid(), 'test.thing', 1, 'one', 1, false, at")]
    public async Task Old_rows_go_in_small_batches_and_young_ones_stay(string table, string row)
    {
        await Migrator.ApplyAsync(database.Source, Migrator.Core, Stop);
        await database.ExecuteAsync("truncate faultline.inbox, faultline.handling, faultline.idempotency, faultline.audit");
        await database.ExecuteAsync($"insert into faultline.{table} {row} from (select now() - interval '8 days' as at from generate_series(1, 1500) union all select now() - interval '6 days' from generate_series(1, 5)) t");
        var store = new PostgresStore(database.Source, new PostgresElection(database.Source, TimeProvider.System), "one", audit: false);

        (await store.TrimAsync(TimeSpan.FromDays(7), Stop)).ShouldBe(1_000);
        (await store.TrimAsync(TimeSpan.FromDays(7), Stop)).ShouldBe(500);
        (await store.TrimAsync(TimeSpan.FromDays(7), Stop)).ShouldBe(0);

        await using Npgsql.NpgsqlCommand count = database.Source.CreateCommand($"select count(*) from faultline.{table}");
        (await count.ExecuteScalarAsync(Stop)).ShouldBe(5L);
    }
}
