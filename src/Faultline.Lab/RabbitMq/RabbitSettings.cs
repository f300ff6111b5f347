using System.Globalization;

namespace Faultline.Lab.RabbitMq;

/// <summary>How a private broker is configured: for a lab on one machine, reachable from this machine only.</summary>
internal static class RabbitSettings
{
    /// <summary>The only user; the password is the lab's.</summary>
    public const string User = "faultline";

    public static string Configuration(int port, string password) => string.Create(CultureInfo.InvariantCulture, $"""
        listeners.tcp.1 = 127.0.0.1:{port}
        default_user = {User}
        default_pass = {password}
        log.console = true
        log.console.level = warning
        log.file = false
        disk_free_limit.absolute = 200MB
        collect_statistics = none
        raft.wal_max_size_bytes = 67108864

        """);

    /// <summary>No plugin: none is needed, and each makes the start slower.</summary>
    public const string Plugins = "[].\n";

    /// <summary>
    /// The node starts its distribution itself, on a port that is known, and therefore needs no port mapper (epmd), which would outlive it. SIGINT ends it at once.
    /// </summary>
    public static string Arguments(string node, int distributionPort) => string.Create(
        CultureInfo.InvariantCulture, $"-name {node} -start_epmd false -erl_epmd_port {distributionPort} -kernel inet_dist_use_interface {{127,0,0,1}} +Bd");
}
