using System.Net;
using System.Net.Sockets;
using Faultline.Lab.Problems;

namespace Faultline.Lab.Processes;

/// <summary>Chooses ports on 127.0.0.1 that nobody listens on, none twice.</summary>
/// <remarks>
/// From 22000 to 31999, below the range from which the system takes the near ends of outgoing connections: a port from there could be taken while
/// its owner restarts. Each lab begins at a place of its own in that range, so two labs that look at the same moment do not choose alike.
/// </remarks>
internal sealed class FreePorts(string labPath)
{
    private const int First = 22_000;
    private const int Count = 10_000;

    private readonly Lock _gate = new();
    private readonly HashSet<int> _given = [];
    private int _next = (int)(Hash(labPath) % Count);

    public int Take()
    {
        lock (_gate)
        {
            for (int tries = 0; tries < Count; tries++)
            {
                int port = First + _next;
                _next = (_next + 1) % Count;
                if (!_given.Contains(port) && IsFree(port))
                {
                    _given.Add(port);
                    return port;
                }
            }
        }

        throw new LabException($"No port from {First} to {First + Count - 1} is free on 127.0.0.1; stop something that listens there.");
    }

    /// <summary>Whether somebody could listen on the port now.</summary>
    public static bool IsFree(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Without it a port whose last connections are still winding down would count as taken; a listener on it still refuses.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // FNV-1a: the same in every process, unlike string.GetHashCode.
    private static uint Hash(string text)
    {
        uint hash = 2_166_136_261;
        foreach (char character in text) hash = unchecked((hash ^ character) * 16_777_619);
        return hash;
    }
}
