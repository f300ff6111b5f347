using Faultline.Lab.Postgres;
using Faultline.Lab.Processes;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Tests.Support;
using Npgsql;

namespace Faultline.Lab.Tests.Postgres;

public sealed class PostgresClusterTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cluster_whose_server_is_killed_comes_back_by_itself_with_its_data_on_the_same_port()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string database = await lab.Services.CreateDatabaseAsync("tickets", Stop);
        await TestLab.QueryAsync(database, "CREATE TABLE kept AS SELECT 42 AS value");
        ProcessStatus before = lab.Services.Process.Status();

        Signals.Send(before.Pid!.Value, Signal.Kill);
        await Limits.UntilAsync(() => lab.Services.Process.Status() is { Restarts: 1, State: ProcessState.Healthy }, "the killed cluster is healthy again");

        (await TestLab.QueryAsync(database, "SELECT value FROM kept")).ShouldBe(42);
        ProcessStatus after = lab.Services.Process.Status();
        after.Port.ShouldBe(before.Port);
        after.Pid.ShouldNotBe(before.Pid);
        after.LastExit!.Signal.ShouldBe("SIGKILL");
    }

    [Fact]
    public async Task Service_role_enters_its_own_database_and_no_other()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string tickets = await lab.Services.CreateDatabaseAsync("tickets", Stop);
        await lab.Services.CreateDatabaseAsync("menu-service", Stop);

        (await TestLab.QueryAsync(tickets, "SELECT current_user::text")).ShouldBe("svc_tickets");
        await TestLab.QueryAsync(tickets, "CREATE SCHEMA faultline");
        foreach (string other in (string[])["menu-service", "postgres", "template1"])
        {
            string intrusion = new NpgsqlConnectionStringBuilder(tickets) { Database = other }.ConnectionString;
            PostgresException error = await Should.ThrowAsync<PostgresException>(() => TestLab.QueryAsync(intrusion, "SELECT 1"));
            error.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        }
    }

    [Fact]
    public async Task Database_created_twice_is_one_and_a_dropped_one_comes_back_empty_under_the_same_connection_string()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string[] both = await Task.WhenAll(lab.Services.CreateDatabaseAsync("tickets", Stop), lab.Services.CreateDatabaseAsync("tickets", Stop));
        await TestLab.QueryAsync(both[0], "CREATE TABLE gone (id int)");

        await lab.Services.DropDatabaseAsync("tickets", Stop);
        string again = await lab.Services.CreateDatabaseAsync("tickets", Stop);

        both[1].ShouldBe(both[0]);
        again.ShouldBe(both[0]);
        (await TestLab.QueryAsync(again, "SELECT to_regclass('gone')::text")).ShouldBe(DBNull.Value);
        (await TestLab.QueryAsync(lab.Services.AdminConnectionString("tickets"), "SELECT current_user::text")).ShouldBe("postgres");
    }

    [Fact]
    public async Task Sessions_are_ended_by_application_name_and_others_stay()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string tickets = await lab.Services.CreateDatabaseAsync("tickets", Stop);
        await using NpgsqlConnection relay = await OpenAsync(tickets, "tickets-relay");
        await using NpgsqlConnection reader = await OpenAsync(tickets, "tickets_relay");

        (await lab.Lab.Disruptor.TerminateSessionsAsync("postgres/services", "tickets", "tickets-*", Stop)).ShouldBe(1);

        await Should.ThrowAsync<NpgsqlException>(() => SelectOneAsync(relay));
        await SelectOneAsync(reader);
    }

    [Fact]
    public async Task Durability_is_on_and_no_password_is_in_a_log_or_on_a_command_line()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string tickets = await lab.Services.CreateDatabaseAsync("tickets", Stop);
        string admin = lab.Services.AdminConnectionString("tickets");
        string[] passwords = [.. ((string[])[tickets, admin]).Select(text => new NpgsqlConnectionStringBuilder(text).Password!)];

        (await TestLab.QueryAsync(admin, "SELECT current_setting('fsync') || current_setting('synchronous_commit')")).ShouldBe("onon");
        foreach (string file in Directory.EnumerateFiles(Path.Combine(lab.Lab.Folder.Path, "logs")))
        {
            string text = await File.ReadAllTextAsync(file, Stop);
            passwords.ShouldAllBe(password => !text.Contains(password));
        }

        foreach (ProcessStatus status in lab.Lab.Status())
        {
            string line = await File.ReadAllTextAsync($"/proc/{status.Pid}/cmdline", Stop);
            passwords.ShouldAllBe(password => !line.Contains(password));
        }

        foreach (string file in Directory.EnumerateFiles(lab.Lab.Folder.Path, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) is "password" or "roles.json"))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task Bad_name_of_a_database_is_refused_with_what_is_allowed()
    {
        await using TestLab lab = await TestLab.StartAsync();

        Exception error = await Should.ThrowAsync<Problems.LabException>(() => lab.Services.CreateDatabaseAsync("Tickets;", Stop));

        error.Message.ShouldContain("'Tickets;'");
        error.Message.ShouldContain("lower-case");
    }

    [Fact]
    public async Task Server_given_by_connection_string_takes_prefixed_databases_which_a_run_drops_at_its_end()
    {
        await using TestLab host = await TestLab.StartAsync();
        string server = new NpgsqlConnectionStringBuilder(host.Services.AdminConnectionString("x")) { Database = "postgres" }.ConnectionString;
        using TestFolder folder = TestFolder.Create("-guest");
        LabOptions options = new() { Root = folder.Path, Postgres = server };

        await using (LabInfrastructure guest = await LabInfrastructure.StartAsync(options, TimeProvider.System, new Progress<string>(), Stop))
        {
            string tickets = await guest.Services.CreateDatabaseAsync("tickets", Stop);
            (await TestLab.QueryAsync(tickets, "SELECT current_database()::text")).ShouldBe("faultline_run_1_services_tickets");
            Exception error = await Should.ThrowAsync<Problems.LabException>(() => guest.Disruptor.KillAsync("postgres/services", stop: Stop));
            error.Message.ShouldContain("connection string");
        }

        (await TestLab.QueryAsync(server, "SELECT count(*) FROM pg_database WHERE datname LIKE 'faultline%'")).ShouldBe(0L);
        (await TestLab.QueryAsync(server, "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'faultline%'")).ShouldBe(0L);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=a;Password=top-secret", "cannot be used")]
    [InlineData("Hots=127.0.0.1;Password=top-secret", "malformed")]
    public async Task Bad_connection_string_is_told_in_one_sentence_without_the_password(string connectionString, string expected)
    {
        using TestFolder folder = TestFolder.Create("-" + expected[..3]);
        LabOptions options = new() { Root = folder.Path, Postgres = connectionString };

        Exception error = await Should.ThrowAsync<Problems.LabException>(() => LabInfrastructure.StartAsync(options, TimeProvider.System, new Progress<string>(), Stop));

        error.Message.ShouldContain(expected);
        error.ToString().ShouldNotContain("top-secret");
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString, string application)
    {
        NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = application, Pooling = false }.ConnectionString);
        await connection.OpenAsync(Stop);
        return connection;
    }

    private static async Task SelectOneAsync(NpgsqlConnection connection)
    {
        await using NpgsqlCommand command = new("SELECT 1", connection);
        await command.ExecuteScalarAsync(Stop);
    }
}
