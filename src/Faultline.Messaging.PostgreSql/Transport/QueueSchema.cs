using System.Globalization;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>The tables of the queue: embedded, numbered SQL, applied once each under an advisory lock.</summary>
internal static class QueueSchema
{
    private const string Prefix = "Faultline.Queue.";

    /// <summary>Creates what is missing. Idempotent, and safe when several processes do it at once.</summary>
    public static async Task EnsureAsync(NpgsqlDataSource source, CancellationToken stop)
    {
        IReadOnlyList<(int Number, string Resource)> steps = Steps();
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(stop);
        if (await VersionAsync(connection, stop) == steps[^1].Number) return;

        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await ExecuteAsync(connection, $"select pg_advisory_xact_lock({LockKeys.Schema}, 0)", stop);
        await ExecuteAsync(
            connection,
            "create schema if not exists faultline_queue; "
            + "create table if not exists faultline_queue.version (number integer primary key, applied_at timestamptz not null default now())",
            stop);
        int version = await VersionAsync(connection, stop);
        if (version > steps[^1].Number)
        {
            throw new InvalidOperationException(
                $"the queue in this database has schema version {version}; this program knows versions up to {steps[^1].Number}: use a newer program or another database");
        }

        foreach ((int number, string resource) in steps.Where(step => step.Number > version))
        {
            await ExecuteAsync(connection, await ReadAsync(resource, stop), stop);
            await ExecuteAsync(connection, $"insert into faultline_queue.version (number) values ({number})", stop);
        }

        await transaction.CommitAsync(stop);
    }

    private static async Task<int> VersionAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using NpgsqlCommand exists = new("select to_regclass('faultline_queue.version') is not null", connection);
        if (await exists.ExecuteScalarAsync(stop) is not true) return 0;

        await using NpgsqlCommand number = new("select coalesce(max(number), 0) from faultline_queue.version", connection);
        return (int)(await number.ExecuteScalarAsync(stop) ?? 0);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken stop)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(stop);
    }

    private static IReadOnlyList<(int Number, string Resource)> Steps() =>
    [
        .. typeof(QueueSchema).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => (int.Parse(name.AsSpan(Prefix.Length, 3), CultureInfo.InvariantCulture), name))
            .Order(),
    ];

    private static async Task<string> ReadAsync(string resource, CancellationToken stop)
    {
        using Stream stream = typeof(QueueSchema).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"resource {resource} is missing");
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync(stop);
    }
}
