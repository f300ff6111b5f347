using System.Globalization;
using Faultline.Messaging.PostgreSql.Migrations;
using Faultline.Messaging.PostgreSql.Store;
using Faultline.Messaging.Store;
using Faultline.TestSupport;
using Faultline.Triggers;

namespace Faultline.Messaging.PostgreSql.Tests.Store;

/// <summary>The model that the simulation rests on must do what PostgreSQL does: otherwise the simulation proves nothing about SQL.</summary>
public sealed class ModelAgreesTests(PostgresDatabase database, ITestOutputHelper output) : IClassFixture<PostgresDatabase>
{
    private const int Histories = 40;
    private const int Operations = 45;

    [Fact]
    public async Task Model_and_database_answer_alike_in_random_histories()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await Migrator.ApplyAsync(database.Source, Migrator.Core, stop);
        var election = new PostgresElection(database.Source, TimeProvider.System);
        await using ILeaderTerm? term = await election.TryLeadAsync("one", stop);
        term.ShouldNotBeNull();
        var store = new PostgresStore(database.Source, election, "one", audit: false);
        ulong first = Environment.GetEnvironmentVariable("FAULTLINE_HISTORY_SEED") is { Length: > 0 } seed ? ulong.Parse(seed, CultureInfo.InvariantCulture) : 1;

        for (ulong number = first; number < first + Histories; number++)
        {
            await database.ExecuteAsync("truncate faultline.outbox, faultline.inbox, faultline.parked, faultline.handling, faultline.dead_letter, faultline.schedule, faultline.ownership restart identity");
            var model = new ModelStore(new Seed(number));
            await model.Ask(async () => (await model.Election.TryLeadAsync("one", CancellationToken.None)) is not null);
            var told = new List<string>();
            try
            {
                await new History(new Seed(number).For("history", "steps"), model, store, told.Add).RunAsync(Operations);
            }
            catch
            {
                output.WriteLine($"history {number} (FAULTLINE_HISTORY_SEED={number}):\n{string.Join("\n", told)}");
                throw;
            }

            await CompareTablesAsync(model, number, stop);
        }
    }

    private async Task CompareTablesAsync(ModelStore model, ulong number, CancellationToken stop)
    {
        (await IdsAsync("select message_id from faultline.inbox", stop)).ShouldBe(model.Database.Inbox.Keys.Order(), $"inbox, history {number}");
        (await IdsAsync("select message_id from faultline.dead_letter", stop)).ShouldBe(model.Database.DeadLetters.Select(letter => letter.Letter.Message!.Id).Order(), $"dead letters, history {number}");
        (await IdsAsync("select message_id from faultline.handling", stop)).ShouldBe(model.Database.Handling.Keys.Order(), $"handlings, history {number}");
    }

    private async Task<IEnumerable<Guid>> IdsAsync(string sql, CancellationToken stop)
    {
        await using Npgsql.NpgsqlCommand read = database.Source.CreateCommand(sql);
        await using Npgsql.NpgsqlDataReader rows = await read.ExecuteReaderAsync(stop);
        var ids = new List<Guid>();
        while (await rows.ReadAsync(stop)) ids.Add(rows.GetGuid(0));
        return ids.Order();
    }
}
