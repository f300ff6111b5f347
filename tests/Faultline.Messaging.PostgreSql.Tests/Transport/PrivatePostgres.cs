using Faultline.Lab;
using Faultline.TestSupport;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

/// <summary>A PostgreSQL server of this test alone, which may be killed: that of a lab of its own.</summary>
internal sealed class PrivatePostgres : IAsyncDisposable
{
    private const string Target = "postgres/queue";

    private readonly LabInfrastructure _lab;

    private PrivatePostgres(LabInfrastructure lab)
    {
        _lab = lab;
        Source = NpgsqlDataSource.Create(lab.Queue.AdminConnectionString("postgres"));
    }

    public NpgsqlDataSource Source { get; }

    public static async Task<PrivatePostgres> StartAsync() => new(await PostgresServer.StartLabAsync());

    /// <summary>Kills the server as a power cut would, and starts it again.</summary>
    public async Task CrashAsync()
    {
        await KillAsync();
        await StartServerAsync();
    }

    /// <summary>Kills the server; it stays away.</summary>
    public Task KillAsync() => _lab.Disruptor.KillAsync(Target, stayDown: true);

    public async Task StartServerAsync()
    {
        await _lab.Disruptor.RestartAsync(Target);
        await Conformance.Wait.For("the server answers", async () =>
        {
            try
            {
                await using NpgsqlCommand command = Source.CreateCommand("select 1");
                return await command.ExecuteScalarAsync() is 1;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await _lab.DisposeAsync();
    }
}
