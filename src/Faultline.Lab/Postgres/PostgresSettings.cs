using System.Globalization;
using System.Text;

namespace Faultline.Lab.Postgres;

/// <summary>The settings of the lab's own clusters: small, quick to start, as safe as in production.</summary>
internal static class PostgresSettings
{
    public const string Superuser = "postgres";

    /// <summary>Passwords are 192 random bits, so a login need not be made slow against guessing.</summary>
    public const string ScramIterations = "64";

    /// <summary>Only passwords, only from this machine.</summary>
    public const string Access = """
        # Written by the lab at each start.
        host all all 127.0.0.1/32 scram-sha-256

        """;

    /// <summary>The whole of postgresql.conf. What a person sets by ALTER SYSTEM comes after it and wins.</summary>
    /// <param name="major">The server's major version: it does not start with a setting that it does not know.</param>
    /// <param name="cluster">The name of the cluster.</param>
    /// <param name="port">Where it listens.</param>
    public static string Configuration(int major, string cluster, int port)
    {
        StringBuilder text = new("# Written by the lab at each start; use ALTER SYSTEM for settings of your own.\n");
        foreach ((string name, string value) in All(major, cluster, port))
        {
            text.Append(CultureInfo.InvariantCulture, $"{name} = '{value}'\n");
        }

        return text.ToString();
    }

    private static IReadOnlyList<(string Name, string Value)> All(int major, string cluster, int port) =>
    [
        ("listen_addresses", "127.0.0.1"),
        ("port", port.ToString(CultureInfo.InvariantCulture)),
        ("unix_socket_directories", ""), // A socket's path may be 107 bytes; a lab's folder is often deeper.
        ("cluster_name", cluster),
        ("max_connections", "200"),
        ("password_encryption", "scram-sha-256"),
        .. major >= 16 ? ((string, string)[])[("scram_iterations", ScramIterations)] : [],

        // A lab that proves durability keeps it on: fsync and synchronous_commit stay at their defaults, on.
        ("shared_buffers", "64MB"),
        ("work_mem", "8MB"),
        ("maintenance_work_mem", "32MB"),
        ("max_wal_size", "512MB"),
        ("wal_level", "minimal"), // Nobody replicates from a lab.
        ("max_wal_senders", "0"),
        ("checkpoint_timeout", "15min"),
        .. major >= 18 ? ((string, string)[])[("io_method", "sync")] : [], // Fewer processes; the data is small and cached.
        ("max_parallel_workers_per_gather", "0"),
        ("jit", "off"),
        ("random_page_cost", "1.1"),

        // Queues and outboxes are tables whose rows live for milliseconds: clean up early and at full speed.
        ("autovacuum_naptime", "10s"),
        ("autovacuum_vacuum_threshold", "500"),
        ("autovacuum_vacuum_scale_factor", "0.02"),
        ("autovacuum_vacuum_insert_scale_factor", "0.1"),
        ("autovacuum_analyze_scale_factor", "0.05"),
        ("autovacuum_vacuum_cost_delay", "0"),

        // The log goes to the lab, which keeps it within bounds.
        ("logging_collector", "off"),
        ("log_destination", "stderr"),
        ("log_line_prefix", "%m [%p] %q%a %d: "),
        ("log_checkpoints", "off"),
        ("log_autovacuum_min_duration", "-1"),
        ("log_timezone", "UTC"),
        ("timezone", "UTC"),
        ("datestyle", "iso, mdy"),
        ("default_text_search_config", "pg_catalog.english"),
    ];
}
