using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Faultline.Proxy.Tests;

/// <summary>An upstream that does to each connection what the test says; by default it sends back what comes, and ends when the client does.</summary>
internal sealed class TcpUpstream : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentBag<Socket> _connections = [];
    private readonly ConcurrentBag<Task> _running = [];
    private readonly Func<Socket, Task> _handle;
    private readonly Task _accepting;
    private volatile bool _isStopped;

    public TcpUpstream(Func<Socket, Task>? handle = null)
    {
        _handle = handle ?? EchoAsync;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Address = _listener.LocalEndPoint!.ToString()!;
        _accepting = AcceptAsync();
    }

    public string Address { get; }

    public int Accepted => _connections.Count;

    public static async Task EchoAsync(Socket connection)
    {
        byte[] buffer = new byte[64 * 1024];
        while (await connection.ReceiveAsync(buffer) is var count and > 0) await connection.SendAsync(buffer.AsMemory(0, count));
        connection.Shutdown(SocketShutdown.Send);
    }

    public async ValueTask DisposeAsync()
    {
        _isStopped = true;
        _listener.Dispose();
        await _accepting;
        foreach (Socket connection in _connections) connection.Dispose();
        await Task.WhenAll(_running);
    }

    private async Task AcceptAsync()
    {
        while (!_isStopped)
        {
            try
            {
                Socket connection = await _listener.AcceptAsync();
                connection.NoDelay = true;
                _connections.Add(connection);
                _running.Add(HandleAsync(connection));
            }
            catch (Exception error) when (_isStopped && error is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }

    private async Task HandleAsync(Socket connection)
    {
        try
        {
            await _handle(connection);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The client, or the test, ended the connection.
        }
        finally
        {
            connection.Dispose();
        }
    }
}
