using System.Net.Sockets;
using Faultline.Proxy.Toxics;

namespace Faultline.Proxy.Http;

/// <summary>The upstream's side of an HTTP connection.</summary>
internal sealed record HttpUpstream(Socket Socket, ToxicStream Stream, HttpReader Reader) : IDisposable
{
    /// <summary>Whether the upstream has closed an idle connection, or sent what nobody asked for.</summary>
    public bool IsStale => Socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    public void Dispose() => Reader.Dispose();
}
