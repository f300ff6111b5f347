using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Faultline.Lab.Instances;
using Faultline.Lab.Problems;
using Npgsql;

namespace Faultline.Lab.Postgres;

/// <summary>Creates and drops databases and their roles on any server; names carry a prefix on servers that are shared.</summary>
internal sealed partial class DatabaseAdmin(string prefix, string rolesPath) : IDisposable
{
    public const string ApplicationName = "faultline-lab";

    private const int NameCharsMax = 63;

    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<string> CreateAsync(NpgsqlDataSource admin, string server, string name, CancellationToken stop)
    {
        (string database, string role) = NamesOf(name);
        await _gate.WaitAsync(stop); // One at a time: PostgreSQL refuses concurrent changes of one database's rights.
        try
        {
            string password = await EnsureRoleAsync(admin, role, stop);
            if (!await ExistsAsync(admin, "SELECT 1 FROM pg_database WHERE datname = $1", database, stop))
            {
                await ExecuteAsync(admin, $"CREATE DATABASE {Quote(database)} OWNER {Quote(role)}", stop);
            }

            await ExecuteAsync(admin, $"REVOKE ALL ON DATABASE {Quote(database)} FROM PUBLIC", stop);
            return new NpgsqlConnectionStringBuilder(server) { Database = database, Username = role, Password = password, ApplicationName = name }.ConnectionString;
        }
        finally
        {
            _gate.Release();
        }
    }

    public Task DropAsync(NpgsqlDataSource admin, string name, CancellationToken stop) =>
        ExecuteAsync(admin, $"DROP DATABASE IF EXISTS {Quote(NamesOf(name).Database)} WITH (FORCE)", stop);

    public string AdminConnectionString(string server, string name) =>
        new NpgsqlConnectionStringBuilder(server) { Database = NamesOf(name).Database, ApplicationName = ApplicationName }.ConnectionString;

    public async Task<int> TerminateAsync(NpgsqlDataSource admin, string name, string pattern, CancellationToken stop)
    {
        const string sql = """
            SELECT count(*) FILTER (WHERE ended) FROM (
                SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
                WHERE datname = $1 AND application_name LIKE $2 AND pid <> pg_backend_pid() AND backend_type = 'client backend') AS sessions
            """;
        string like = pattern.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_").Replace('*', '%');
        await using NpgsqlCommand command = admin.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = NamesOf(name).Database });
        command.Parameters.Add(new NpgsqlParameter { Value = like });
        return Convert.ToInt32(await command.ExecuteScalarAsync(stop), CultureInfo.InvariantCulture);
    }

    /// <summary>Drops every database and role with the prefix: what an ephemeral lab leaves on a server that is not its own.</summary>
    public async Task DropAllAsync(NpgsqlDataSource admin, CancellationToken stop)
    {
        if (prefix.Length == 0) throw new InvalidOperationException("Without a prefix every database of the server would be dropped.");

        foreach (string database in await NamesWithPrefixAsync(admin, "SELECT datname FROM pg_database WHERE starts_with(datname, $1)", stop))
        {
            await ExecuteAsync(admin, $"DROP DATABASE IF EXISTS {Quote(database)} WITH (FORCE)", stop);
        }

        foreach (string role in await NamesWithPrefixAsync(admin, "SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1)", stop))
        {
            await ExecuteAsync(admin, $"DROP ROLE IF EXISTS {Quote(role)}", stop);
        }

        File.Delete(rolesPath);
    }

    public void Dispose() => _gate.Dispose();

    private (string Database, string Role) NamesOf(string name)
    {
        if (!NamePattern().IsMatch(name))
        {
            throw new LabException($"'{name}' is no name for a database; use a lower-case letter, then up to 29 lower-case letters, digits, hyphens and underscores.");
        }

        string role = $"{prefix}svc_{name}";
        return role.Length <= NameCharsMax
            ? (prefix + name, role)
            : throw new LabException($"'{role}' is too long for PostgreSQL, which allows {NameCharsMax} characters; give the lab or the service a shorter name.");
    }

    private async Task<string> EnsureRoleAsync(NpgsqlDataSource admin, string role, CancellationToken stop)
    {
        Dictionary<string, string> passwords = File.Exists(rolesPath)
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllTextAsync(rolesPath, stop)) ?? []
            : [];
        if (!passwords.TryGetValue(role, out string? password))
        {
            // Kept before it is set, and set at each call: a crash in between leaves no role that nobody can use.
            passwords[role] = password = DataFolder.NewPassword();
            await SafeFile.WriteSecretAsync(rolesPath, JsonSerializer.Serialize(passwords), stop);
        }

        bool exists = await ExistsAsync(admin, "SELECT 1 FROM pg_roles WHERE rolname = $1", role, stop);
        string verifier = ScramVerifier.Create(password, int.Parse(PostgresSettings.ScramIterations, CultureInfo.InvariantCulture));
        await ExecuteAsync(admin, $"{(exists ? "ALTER" : "CREATE")} ROLE {Quote(role)} LOGIN PASSWORD '{verifier}'", stop);
        if (!await ExistsAsync(admin, "SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper AND $1 <> ''", role, stop))
        {
            await ExecuteAsync(admin, $"GRANT {Quote(role)} TO CURRENT_USER", stop); // Who is no superuser must be a member to make it an owner.
        }

        return password;
    }

    private async Task<IReadOnlyList<string>> NamesWithPrefixAsync(NpgsqlDataSource admin, string sql, CancellationToken stop)
    {
        await using NpgsqlCommand command = admin.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = prefix });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        List<string> names = [];
        while (await reader.ReadAsync(stop)) names.Add(reader.GetString(0));
        return names;
    }

    private static async Task<bool> ExistsAsync(NpgsqlDataSource admin, string sql, string value, CancellationToken stop)
    {
        await using NpgsqlCommand command = admin.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteScalarAsync(stop) is not null;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource admin, string sql, CancellationToken stop)
    {
        await using NpgsqlCommand command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(stop);
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"")}\"";

    [GeneratedRegex("^[a-z][a-z0-9_-]{0,29}$")]
    private static partial Regex NamePattern();
}
