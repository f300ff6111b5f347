using System.Net;
using System.Net.Sockets;

namespace Faultline.Conformance.Transport;

/// <summary>
/// The way of one process to the broker. Closed, it looks to the broker as if the process had died; frozen, as if it had been stopped:
/// the connections stand, and not a byte comes.
/// </summary>
public sealed class BrokerGate : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _broker;
    private readonly Lock _gate = new();
    private readonly HashSet<TcpClient> _clients = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closed;

    public BrokerGate(IPEndPoint broker)
    {
        _broker = broker;
        _open.SetResult();
        _listener.Start();
        _running = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Ends all connections, and every new one at once.</summary>
    public void Close()
    {
        TcpClient[] clients;
        lock (_gate)
        {
            _closed = true;
            clients = [.. _clients];
            _clients.Clear();
        }

        foreach (TcpClient client in clients) client.Close();
    }

    /// <summary>Lets connections through again.</summary>
    public void Open()
    {
        lock (_gate) _closed = false;
    }

    public void Freeze()
    {
        lock (_gate) _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Thaw()
    {
        TaskCompletionSource open;
        lock (_gate) open = _open;
        open.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Thaw();
        Close();
        await _running;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> pipes = [];
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                pipes.Add(ServeAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(pipes);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient broker = new();
        using (client)
        {
            try
            {
                client.NoDelay = broker.NoDelay = true;
                if (!Keep(client)) return;

                await broker.ConnectAsync(_broker);
                if (!Keep(broker)) return;

                Task up = PumpAsync(client.GetStream(), broker.GetStream());
                Task down = PumpAsync(broker.GetStream(), client.GetStream());
                await Task.WhenAny(up, down);
                broker.Close();
                client.Close();
                await Task.WhenAll(up, down);
            }
            catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
            {
                Forget(client); // A connection that ended, on whichever side.
            }

            Forget(client);
            Forget(broker);
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                int read = await from.ReadAsync(buffer);
                if (read == 0) return;

                Task open;
                lock (_gate) open = _open.Task;
                await open;
                await to.WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or SocketException)
        {
            return; // Either side ended; the caller ends the other.
        }
    }

    private bool Keep(TcpClient client)
    {
        lock (_gate) return !_closed && _clients.Add(client);
    }

    private void Forget(TcpClient client)
    {
        lock (_gate) _clients.Remove(client);
    }
}
