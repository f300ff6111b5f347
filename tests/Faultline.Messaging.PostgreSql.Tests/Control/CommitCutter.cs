using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Tests.Control;

/// <summary>A wire to the server that lets one commit through and then breaks, before its reply has come back.</summary>
internal sealed class CommitCutter : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;
    private int _isArmed;
    private int _cuts;

    public CommitCutter(string connectionString)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        (_host, _port) = (server.Host!, server.Port);
        _listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
            SslMode = SslMode.Disable,
        }.ConnectionString;
        _accepting = AcceptAsync();
    }

    public string ConnectionString { get; }

    public int Cuts => Volatile.Read(ref _cuts);

    public void CutNextCommit() => Volatile.Write(ref _isArmed, 1);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> wires = [];
        try
        {
            while (true) wires.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(wires);
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using TcpClient near = client;
        using var far = new TcpClient();
        using CancellationTokenSource broken = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await far.ConnectAsync(_host, _port, _stop.Token);
        bool isCut = false;
        Task there = CopyAsync(near, far, bytes => isCut |= bytes.IndexOf("COMMIT\0"u8) >= 0 && Interlocked.Exchange(ref _isArmed, 0) == 1, () => false, broken);
        Task back = CopyAsync(far, near, static _ => { }, () => isCut, broken);
        await Task.WhenAll(there, back);
        if (isCut) Interlocked.Increment(ref _cuts);
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to, Action<ReadOnlySpan<byte>> look, Func<bool> isCut, CancellationTokenSource broken)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, broken.Token) is > 0 and var count)
            {
                look(buffer.AsSpan(0, count));
                if (isCut()) break;

                await to.GetStream().WriteAsync(buffer.AsMemory(0, count), broken.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException)
        {
            return; // The other direction has ended the wire.
        }
        finally
        {
            await broken.CancelAsync();
            from.Close();
            to.Close();
        }
    }
}
