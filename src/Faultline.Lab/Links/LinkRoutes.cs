using System.Globalization;
using Npgsql;

namespace Faultline.Lab.Links;

/// <summary>Leads the addresses of servers over links: what a service is given differs only in host and port.</summary>
internal static class LinkRoutes
{
    /// <summary>Host and port of a database server; null when it cannot be reached over a link, because the client looks at the name of the server or chooses among several.</summary>
    /// <param name="connectionString">How it is reached without a link.</param>
    public static string? OfDatabase(string connectionString)
    {
        var direct = new NpgsqlConnectionStringBuilder(connectionString);
        return direct.Host is not { Length: > 0 } host || host.Contains(',', StringComparison.Ordinal) || host.StartsWith('/') || direct.SslMode is SslMode.VerifyCA or SslMode.VerifyFull
            ? null
            : At(host, direct.Port);
    }

    /// <summary>A connection string that leads over a link.</summary>
    /// <param name="connectionString">How the server is reached without it.</param>
    /// <param name="port">The link's port on 127.0.0.1.</param>
    public static string DatabaseOver(string connectionString, int port) => new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = port }.ConnectionString;

    /// <summary>Host and port of a RabbitMQ; null when it cannot be reached over a link: with TLS the client looks at the name of the server.</summary>
    /// <param name="address">As <c>amqp://user:password@host:5672/vhost</c>.</param>
    public static string? OfRabbit(string address)
    {
        const int usualPort = 5672;
        return Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme == "amqp" ? At(uri.Host, uri.Port > 0 ? uri.Port : usualPort) : null;
    }

    /// <summary>An address of a RabbitMQ that leads over a link.</summary>
    /// <param name="address">How the broker is reached without it.</param>
    /// <param name="port">The link's port on 127.0.0.1.</param>
    public static string RabbitOver(string address, int port) => new UriBuilder(address) { Host = "127.0.0.1", Port = port }.Uri.AbsoluteUri;

    /// <summary>A port of this machine.</summary>
    /// <param name="port">The port.</param>
    public static string Here(int port) => At("127.0.0.1", port);

    private static string At(string host, int port) => string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
}
