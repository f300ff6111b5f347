using System.Data.Common;
using System.Text.Json;
using Faultline.Anomalies.Hosting.Data;
using Faultline.Protocol.Faults;
using Faultline.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Faultline.Anomalies.Hosting.Tests.Data;

public sealed class DatabaseTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    /// <summary>Every way of writing with every point that it passes; saves are EF Core's alone.</summary>
    public static TheoryData<string, string> Places { get; } = new(
        from way in new[] { Till.Context, Till.BlockingContext, Till.Source, Till.BlockingSource }
        from point in FaultPoints.Database
        where way is Till.Context or Till.BlockingContext || !point.Name.StartsWith("db.save", StringComparison.Ordinal)
        select (way, point.Name));

    [Theory, MemberData(nameof(Places))]
    public async Task Exception_is_that_of_a_database_and_undoes_all_that_is_not_committed(string way, string point)
    {
        await using TestApp app = await StartAsync();
        string id = await app.PlaceOnceAsync(point, "exception", """{"message": "the line is cut"}""");

        Exception error = await Should.ThrowAsync<Exception>(() => Till.SellAsync(app.Services, way, "bread"));

        FaultDbException fault = (error as FaultDbException ?? error.InnerException as FaultDbException).ShouldNotBeNull();
        (fault.IsTransient, fault.Message).ShouldBe((true, "the line is cut"));
        (await SoldAsync()).ShouldBe(point == "db.commit.after" ? 1 : 0);
        await app.ShouldHaveFiredAsync(id, point, "exception");
        await Till.SellAsync(app.Services, way, "bread");
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Crash_ends_the_process_at_the_point(string way, string point)
    {
        int crashes = 0;
        await using TestApp app = await StartAsync(crashed: _ => crashes++);
        string id = await app.PlaceOnceAsync(point, "crash");

        await Should.ThrowAsync<Exception>(() => Till.SellAsync(app.Services, way, "bread"));

        (crashes, await SoldAsync()).ShouldBe((1, point == "db.commit.after" ? 1 : 0));
        await app.ShouldHaveFiredAsync(id, point, "crash");
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Hang_holds_the_work_until_the_anomaly_is_removed(string way, string point)
    {
        await using TestApp app = await StartAsync();
        string id = await app.PlaceOnceAsync(point, "hang");

        Task selling = Till.SellAsync(app.Services, way, "bread");
        await app.FiresAsync();
        (selling.IsCompleted, await SoldAsync()).ShouldBe((false, point == "db.commit.after" ? 1 : 0));
        await app.ShouldHaveFiredAsync(id, point, "hang");

        await selling.EndsAsync();
        (await SoldAsync()).ShouldBe(1);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Delay_holds_the_work_for_a_while(string way, string point)
    {
        var time = new ManualTime();
        await using TestApp app = await StartAsync(time);
        string id = await app.PlaceOnceAsync(point, "delay", """{"delayMs": 600000}""");

        Task selling = Till.SellAsync(app.Services, way, "bread");
        await app.FiresAsync();
        selling.IsCompleted.ShouldBeFalse();
        await Limits.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(600));
                return selling.IsCompleted;
            },
            "the delay ends");

        await selling;
        (await SoldAsync()).ShouldBe(1);
        await app.ShouldHaveFiredAsync(id, point, "delay");
    }

    [Theory, InlineData(Till.Context), InlineData(Till.Source)]
    public async Task Kinds_that_need_a_wire_are_refused_and_the_others_can_be_narrowed_to_a_kind_of_statement(string way)
    {
        await using TestApp app = await StartAsync();

        var drop = await app.ControlAsync(HttpMethod.Post, "/anomalies", """{"point": "db.command.before", "kind": "drop"}""");
        var type = await app.ControlAsync(HttpMethod.Post, "/anomalies", """{"point": "db.command.before", "kind": "hang", "match": {"messageType": "bread"}}""");
        var commit = await app.ControlAsync(HttpMethod.Post, "/anomalies", """{"point": "db.commit.before", "kind": "hang", "match": {"messageType": "insert"}}""");
        await app.PlaceOnceAsync("db.command.before", "exception", match: """{"messageType": "update"}""");
        string id = await app.PlaceOnceAsync("db.command.after", "exception", match: """{"messageType": "insert"}""");

        (drop.Status, drop.Body.GetProperty("code").GetString()).ShouldBe((400, "anomaly.refused"));
        drop.Body.GetProperty("detail").GetString()!.ShouldEndWith("It makes sense at: http.send.before, http.receive.after, http.request.before, http.response.before");
        type.Body.GetProperty("detail").GetString()!.ShouldEndWith("those that do: select, insert, update, delete, merge, with, other");
        commit.Body.GetProperty("code").GetString().ShouldBe("anomaly.unknown-message-type");
        await Should.ThrowAsync<Exception>(() => Till.SellAsync(app.Services, way, "bread"));
        JsonElement firing = (await app.ControlAsync(HttpMethod.Get, "/anomalies/firings")).Body.EnumerateArray().ShouldHaveSingleItem();
        (firing.GetProperty("anomalyId").GetString(), firing.GetProperty("messageType").GetString()).ShouldBe((id, "insert"));
    }

    [Fact]
    public async Task Anomaly_can_be_narrowed_to_one_context()
    {
        await using TestApp app = await StartAsync();
        await app.PlaceOnceAsync("db.save.before", "exception", match: """{"headers": {"db-context": "OtherDb"}}""");
        await Till.SellAsync(app.Services, Till.Context, "bread");

        await app.PlaceOnceAsync("db.save.before", "exception", match: """{"headers": {"db-context": "TillDb"}}""");
        await Should.ThrowAsync<FaultDbException>(() => Till.SellAsync(app.Services, Till.Context, "bread"));
    }

    [Fact]
    public async Task Reading_passes_the_points_too_and_leaves_the_connection_usable()
    {
        await using TestApp app = await StartAsync();
        await using FaultDataSource source = app.Services.GetRequiredService<NpgsqlDataSource>().WithAnomalies(app.Services);
        await using DbConnection connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = "select count(*) from sale";
        Func<Task<long>>[] ways =
        [
            async () => (long)(await command.ExecuteScalarAsync())!,
            () => Task.Run(() => (long)command.ExecuteScalar()!),
            async () => await ReadAsync(await command.ExecuteReaderAsync()),
            () => Task.Run(() => ReadAsync(command.ExecuteReader())),
        ];
        foreach (Func<Task<long>> way in ways)
        {
            string id = await app.PlaceOnceAsync("db.command.after", "exception");
            await Should.ThrowAsync<FaultDbException>(way);
            await app.RemoveAsync(id);
            (await way()).ShouldBe(0);
        }

        await using TillDb db = await app.Services.GetRequiredService<IDbContextFactory<TillDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        await app.PlaceOnceAsync("db.command.after", "exception", """{"transient": false}""");
        (await Should.ThrowAsync<FaultDbException>(() => db.Sales.ToListAsync())).IsTransient.ShouldBeFalse();
        (await db.Sales.ToListAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        await app.PlaceOnceAsync("db.command.after", "exception");
        await Should.ThrowAsync<FaultDbException>(() => Task.Run(() => db.Sales.ToList()));
        (await Task.Run(() => db.Sales.ToList())).ShouldBeEmpty();
    }

    [Fact]
    public async Task Contexts_get_the_points_whenever_and_however_they_are_registered()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "Till" });
        builder.Services.AddFaultlineAnomalies();
        builder.Services.AddDbContextPool<TillDb>(options => options.UseNpgsql(database.ConnectionString));
        using IHost host = builder.Build();

        host.Services.GetRequiredService<DbContextOptions<TillDb>>().FindExtension<CoreOptionsExtension>()!.Interceptors!.ShouldHaveSingleItem().ShouldBeOfType<ContextFaults>();
        host.Services.GetRequiredService<Protocol.Services.ServiceDescription>().Points.ShouldContain("db.save.before");
    }

    [Fact]
    public async Task Idle_points_allocate_nothing()
    {
        await using TestApp app = await StartAsync();
        DatabaseFaults faults = app.Services.GetRequiredService<DatabaseFaults>();
        for (int warm = 0; warm < 100; warm++) await faults.PassAsync(FaultPoints.DatabaseCommandBefore, "select 1", "TillDb", CancellationToken.None);

        int waiting = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int pass = 0; pass < 1_000; pass++)
        {
            ValueTask passing = faults.PassAsync(FaultPoints.DatabaseCommandBefore, "select 1", "TillDb", CancellationToken.None);
            if (!passing.IsCompletedSuccessfully) waiting++;
            faults.Pass(FaultPoints.DatabaseCommitBefore, sql: null, "TillDb");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        (allocated, waiting).ShouldBe((0, 0));
    }

    [Theory]
    [InlineData("select 1", "select"), InlineData("  UPDATE x set y = 1", "update"), InlineData("-- a\n/* b\n */ delete from x", "delete"), InlineData("with x as (select 1) select * from x", "with")]
    [InlineData("create table x ()", "other"), InlineData("", "other"), InlineData("-- only a comment", "other"), InlineData("/* open", "other"), InlineData("42", "other"), InlineData("insert_all()", "insert")]
    public void Kind_of_a_statement_is_its_first_word_after_comments(string sql, string kind) => DatabaseFaults.StatementOf(sql).ShouldBe(kind);

    private static async Task<long> ReadAsync(DbDataReader reader)
    {
        await using (reader)
        {
            await reader.ReadAsync();
            return reader.GetInt64(0);
        }
    }

    private async Task<TestApp> StartAsync(TimeProvider? time = null, Action<Exception>? crashed = null)
    {
        await database.ExecuteAsync("drop table if exists sale; create table sale (id int generated by default as identity primary key, what text not null)");
        return await TestApp.StartAsync(
            services: services =>
            {
                if (time is not null) services.AddSingleton(time);
                Till.Add(services, database.ConnectionString);
            },
            crashed: crashed);
    }

    private async Task<long> SoldAsync()
    {
        await using NpgsqlCommand command = database.Source.CreateCommand("select count(*) from sale");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
