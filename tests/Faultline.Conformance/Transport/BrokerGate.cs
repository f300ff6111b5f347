using System.Net;
using System.Net.Sockets;

namespace Faultline.Conformance.Transport;

/// <summary>
/// The way of one process to the broker. Closed, it looks to the broker as if the process had died; frozen, as if it had been stopped:
/// the connections stand, and not a byte comes. Deaf, it still speaks.
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
    private bool _deaf;
    private long _sent;

    public BrokerGate(IPEndPoint broker)
    {
        _broker = broker;
        _open.SetResult();
        _listener.Start();
        _running = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many bytes went to the broker.</summary>
    public long Sent => Interlocked.Read(ref _sent);

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

    public void Freeze() => Freeze(deaf: false);

    /// <summary>What is sent reaches the broker; what the broker says does not come.</summary>
    public void Deafen() => Freeze(deaf: true);

    public void Thaw()
    {
        TaskCompletionSource open;
        lock (_gate) open = _open;
        open.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Thaw();
        Close();
        await _running; // Before the listener stops: it may be about to accept, and a listener that has stopped refuses that in another way.
        _listener.Stop();
        _stopping.Dispose();
    }

    private void Freeze(bool deaf)
    {
        lock (_gate) (_open, _deaf) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), deaf);
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

                Task up = PumpAsync(client.GetStream(), broker.GetStream(), isUp: true);
                Task down = PumpAsync(broker.GetStream(), client.GetStream(), isUp: false);
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

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool isUp)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                int read = await from.ReadAsync(buffer);
                if (read == 0) return;

                Task open;
                lock (_gate) open = isUp && _deaf ? Task.CompletedTask : _open.Task;
                await open;
                await to.WriteAsync(buffer.AsMemory(0, read));
                if (isUp) Interlocked.Add(ref _sent, read);
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
