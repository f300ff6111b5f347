using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Faultline.Proxy.Problems;

namespace Faultline.Proxy.Links;

/// <summary>Reads <c>host:port</c>.</summary>
internal static class LinkAddress
{
    /// <summary>Where to listen. Nothing at all is a free port of 127.0.0.1, and a port alone is that port on every address of this machine, as with Toxiproxy.</summary>
    /// <exception cref="ProxyException">It is no address of this machine.</exception>
    public static IPEndPoint ToListen(string text)
    {
        if (text.Length == 0) return new IPEndPoint(IPAddress.Loopback, 0);

        (string host, int port) = Split(text, "listen");
        if (host.Length == 0) return new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port);
        if (host is "localhost") return new IPEndPoint(IPAddress.Loopback, port);
        if (IPAddress.TryParse(host, out IPAddress? address)) return new IPEndPoint(address, port);

        try
        {
            return new IPEndPoint(Dns.GetHostAddresses(host).First(found => found.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6), port);
        }
        catch (Exception error) when (error is SocketException or InvalidOperationException)
        {
            throw ProxyProblems.CannotListen(text, error);
        }
    }

    /// <summary>Where to connect; a name is resolved at each connection.</summary>
    /// <exception cref="ProxyException">It is no address.</exception>
    public static EndPoint ToUpstream(string text)
    {
        (string host, int port) = Split(text, "upstream");
        return IPAddress.TryParse(host, out IPAddress? address) ? new IPEndPoint(address, port) : new DnsEndPoint(host.Length == 0 ? "localhost" : host, port);
    }

    /// <summary>Whether a link that listens at an address already does what is asked for.</summary>
    public static bool IsSame(string asked, string actual)
    {
        if (asked == actual) return true;

        IPEndPoint wanted = ToListen(asked);
        return IPEndPoint.TryParse(actual, out IPEndPoint? there) && wanted.Address.Equals(there.Address) && (wanted.Port == there.Port || wanted.Port == 0);
    }

    private static (string Host, int Port) Split(string text, string field)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > IPEndPoint.MaxPort)
        {
            throw ProxyProblems.BadBody($"{field} is '{text}'; it must be host:port, such as 127.0.0.1:5432");
        }

        return (text[..colon].Trim('[', ']'), port);
    }
}
