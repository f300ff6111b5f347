using System.Globalization;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>Whether a broker can do what is needed.</summary>
internal static class BrokerVersion
{
    private static readonly Version Min = new(3, 10);

    /// <summary>What it is and what it lacks; null when it lacks nothing.</summary>
    /// <param name="product">As the broker calls itself.</param>
    /// <param name="version">As it tells it, for example <c>3.10.8</c> or <c>4.1.0-rc.1</c>.</param>
    public static string? Refusal(string product, string version) => product == "RabbitMQ" && Parse(version) >= Min
        ? null
        : $"{product} {version}; quorum queues with single active consumer and stable redelivery counts need RabbitMQ {Min} or newer";

    private static Version? Parse(string version)
    {
        string[] parts = version.Split('.', '-', '+');
        return parts.Length >= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor) ? new Version(major, minor) : null;
    }
}
