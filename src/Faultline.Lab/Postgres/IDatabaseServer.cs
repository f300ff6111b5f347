namespace Faultline.Lab.Postgres;

/// <summary>A PostgreSQL server as the lab uses it: one of its own, or one that a person gave by connection string.</summary>
public interface IDatabaseServer : IAsyncDisposable
{
    /// <summary>The name as a target of disruptions: <c>postgres/services</c> or <c>postgres/queue</c>.</summary>
    string Target { get; }

    /// <summary>Creates a database and a login role that owns it and can enter no other; what exists already is kept.</summary>
    /// <param name="name">The service, such as <c>tickets</c>: a letter, then letters, digits, hyphens and underscores, at most 30.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The connection string of that role.</returns>
    Task<string> CreateDatabaseAsync(string name, CancellationToken stop = default);

    /// <summary>Drops a database with everything in it, and ends its sessions; its role stays, so connection strings stay valid.</summary>
    Task DropDatabaseAsync(string name, CancellationToken stop = default);

    /// <summary>The connection string of the lab itself, for a database that was created here. It is a secret, as the others are.</summary>
    string AdminConnectionString(string name);

    /// <summary>Ends sessions in a database, as a server does when an administrator ends them.</summary>
    /// <param name="name">The service.</param>
    /// <param name="applicationPattern">Which application names; <c>*</c> stands for anything.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>How many sessions were ended.</returns>
    Task<int> TerminateSessionsAsync(string name, string applicationPattern = "*", CancellationToken stop = default);
}
