using Faultline.Lab;

namespace Faultline.TestSupport;

/// <summary>
/// The PostgreSQL server of a test process: the one that <c>FAULTLINE_TEST_POSTGRES</c> names, or a private one as the product starts it. Nobody has to stop that: its keeper does when the process ends.
/// </summary>
public static class PostgresServer
{
    public const string Variable = "FAULTLINE_TEST_POSTGRES";

    /// <summary>A connection string with which databases may be created.</summary>
    public static async Task<string> ConnectionStringAsync() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } server ? server : (await Private.Starting).Services.AdminConnectionString("postgres");

    /// <summary>Started when first asked for, once for the whole process.</summary>
    private static class Private
    {
        public static readonly Task<LabInfrastructure> Starting = StartLabAsync();
    }

    /// <summary>Starts the infrastructure of a lab for one test: its servers may be killed. The caller disposes of it.</summary>
    public static Task<LabInfrastructure> StartLabAsync() => LabInfrastructure.StartAsync(new LabOptions { Root = RepositoryRoot() }, TimeProvider.System, new Progress<string>(Console.Error.WriteLine));

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Faultline.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the test does not run inside the repository");
    }
}
