using System.Runtime.CompilerServices;
using Faultline.Lab.Postgres;
using Faultline.Lab.Supervisor;
using Npgsql;

namespace Faultline.Lab.Tests.Support;

/// <summary>A lab of a test in this process.</summary>
internal sealed class TestLab : IAsyncDisposable
{
    private readonly TestFolder _folder;

    private TestLab(TestFolder folder, LabInfrastructure lab)
    {
        _folder = folder;
        Lab = lab;
    }

    public LabInfrastructure Lab { get; }

    public PostgresCluster Services => (PostgresCluster)Lab.Services;

    public static async Task<TestLab> StartAsync(string suffix = "", [CallerMemberName] string test = "")
    {
        TestFolder folder = TestFolder.Create(suffix, test);
        return new TestLab(folder, await StartInAsync(folder.Path, name: null));
    }

    public static Task<LabInfrastructure> StartInAsync(string root, string? name) => LabInfrastructure.StartAsync(
        new LabOptions { Root = root, Name = name, ToolsFolder = TestFolder.Tools },
        TimeProvider.System,
        new Progress<string>(),
        TestContext.Current.CancellationToken);

    public static InstanceSpec Service(string name, params string[] tempers) => new()
    {
        System = "demo",
        Service = name,
        Executable = TestFolder.HostProgram,
        Arguments = ["service", "{port}", .. tempers],
    };

    public static async Task<object?> QueryAsync(string connectionString, string sql)
    {
        await using NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Lab.DisposeAsync();
        _folder.Dispose();
    }
}
