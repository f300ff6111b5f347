using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Migrations;

/// <summary>One numbered SQL file.</summary>
/// <param name="Scope">Whose sequence it belongs to, for example <c>messaging</c> or <c>tickets</c>.</param>
/// <param name="Number">Its place in the sequence, from 1.</param>
/// <param name="Name">The file's name.</param>
/// <param name="Sql">Its text.</param>
public sealed record Migration(string Scope, int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the text, in hexadecimal: an applied file must not change.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>The files of a scope that are embedded in an assembly, in order. Their names start with a number: <c>001_first.sql</c>.</summary>
    /// <param name="scope">The name of the sequence.</param>
    /// <param name="assembly">Where they are.</param>
    /// <param name="prefix">How their resource names begin, for example <c>TicketFlow.Tickets.Migrations.</c>.</param>
    /// <exception cref="InvalidOperationException">A name has no number, or two have the same.</exception>
    public static IReadOnlyList<Migration> Embedded(string scope, Assembly assembly, string prefix)
    {
        Migration[] found =
        [
            .. assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
                .Select(name => Read(scope, assembly, name, name[prefix.Length..])).OrderBy(migration => migration.Number),
        ];
        IGrouping<int, Migration>? twice = found.GroupBy(migration => migration.Number).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? found : throw new InvalidOperationException($"two migrations of '{scope}' have the number {twice.Key}: {string.Join(", ", twice.Select(migration => migration.Name))}");
    }

    private static Migration Read(string scope, Assembly assembly, string resource, string name)
    {
        if (!int.TryParse(name.Split('_')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number)) throw new InvalidOperationException($"migration '{name}' of '{scope}' has no number; it must be named like 001_first.sql");
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return new Migration(scope, number, name, reader.ReadToEnd());
    }
}

/// <summary>The state of one migration in a database.</summary>
/// <param name="Migration">The file.</param>
/// <param name="AppliedAt">When it was applied, UTC; null when it was not.</param>
public sealed record MigrationStatus(Migration Migration, DateTimeOffset? AppliedAt);

/// <summary>Applies numbered SQL files, each once, each in a transaction of its own, under an advisory lock, so that replicas may start together.</summary>
public static class Migrator
{
    private const long Lock = 0x4661756C746C696E;

    /// <summary>The migrations of the messaging core itself.</summary>
    public static IReadOnlyList<Migration> Core { get; } = Migration.Embedded("messaging", typeof(Migrator).Assembly, "Faultline.Messaging.PostgreSql.Migrations.");

    /// <summary>Applies what is missing.</summary>
    /// <param name="database">The service's database.</param>
    /// <param name="migrations">All of them, in order.</param>
    /// <param name="stop">Ends the wait between two of them.</param>
    /// <returns>Those that were applied now.</returns>
    /// <exception cref="InvalidOperationException">An applied file has changed since.</exception>
    public static async Task<IReadOnlyList<Migration>> ApplyAsync(NpgsqlDataSource database, IReadOnlyList<Migration> migrations, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await ExecuteAsync(connection, $"select pg_advisory_lock({Lock})", stop);
        try
        {
            await ExecuteAsync(
                connection,
                """
                create schema if not exists faultline;
                create table if not exists faultline.migration (
                  scope text not null, number int not null, name text not null, checksum text not null,
                  applied_at timestamptz not null default clock_timestamp(), primary key (scope, number))
                """,
                stop);
            var applied = new List<Migration>();
            foreach (MigrationStatus status in await ReadAsync(connection, migrations, stop))
            {
                if (status.AppliedAt is not null) continue;
                await ApplyAsync(connection, status.Migration, stop);
                applied.Add(status.Migration);
            }

            return applied;
        }
        finally
        {
            await ExecuteAsync(connection, $"select pg_advisory_unlock({Lock})", CancellationToken.None);
        }
    }

    /// <summary>Which are applied and which are missing; changes nothing.</summary>
    /// <param name="database">The service's database.</param>
    /// <param name="migrations">All of them, in order.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="InvalidOperationException">An applied file has changed since.</exception>
    public static async Task<IReadOnlyList<MigrationStatus>> StatusAsync(NpgsqlDataSource database, IReadOnlyList<Migration> migrations, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using var look = new NpgsqlCommand("select to_regclass('faultline.migration') is not null", connection);
        return (bool)(await look.ExecuteScalarAsync(stop))! ? await ReadAsync(connection, migrations, stop) : [.. migrations.Select(migration => new MigrationStatus(migration, null))];
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken stop)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await ExecuteAsync(connection, migration.Sql, stop);
        await using var note = new NpgsqlCommand("insert into faultline.migration (scope, number, name, checksum) values ($1, $2, $3, $4)", connection, transaction)
        {
            Parameters = { new() { Value = migration.Scope }, new() { Value = migration.Number }, new() { Value = migration.Name }, new() { Value = migration.Checksum } },
        };
        await note.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
    }

    private static async Task<IReadOnlyList<MigrationStatus>> ReadAsync(NpgsqlConnection connection, IReadOnlyList<Migration> migrations, CancellationToken stop)
    {
        var known = new Dictionary<(string, int), (string Checksum, DateTimeOffset At)>();
        await using var read = new NpgsqlCommand("select scope, number, checksum, applied_at from faultline.migration", connection);
        await using NpgsqlDataReader rows = await read.ExecuteReaderAsync(stop);
        while (await rows.ReadAsync(stop)) known.Add((rows.GetString(0), rows.GetInt32(1)), (rows.GetString(2), new DateTimeOffset(rows.GetDateTime(3), TimeSpan.Zero)));

        foreach (Migration migration in migrations)
        {
            if (known.TryGetValue((migration.Scope, migration.Number), out (string Checksum, DateTimeOffset At) was) && was.Checksum != migration.Checksum)
            {
                throw new InvalidOperationException($"migration {migration.Name} of '{migration.Scope}' was applied on {was.At:u} and has changed since; add a new file instead, or run 'faultline reset'");
            }
        }

        return [.. migrations.Select(migration => new MigrationStatus(migration, known.TryGetValue((migration.Scope, migration.Number), out (string Checksum, DateTimeOffset At) was) ? was.At : null))];
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(stop);
    }
}
