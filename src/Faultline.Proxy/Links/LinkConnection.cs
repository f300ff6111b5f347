using System.Net;
using System.Net.Sockets;
using Faultline.Proxy.Http;
using Faultline.Proxy.Toxics;

namespace Faultline.Proxy.Links;

/// <summary>One client of a link, and its connection to the upstream.</summary>
internal sealed class LinkConnection(Link link, Socket client, long number)
{
    // How long a peer gets to read what is left before an orderly end becomes final.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly List<ToxicStream> _streams = [];
    private readonly CancellationTokenSource _ended = new();
    private Socket? _upstream;
    private ITimer? _grace;
    private bool _isEnding;

    /// <summary>Runs until both sides are through.</summary>
    public async Task RunAsync()
    {
        try
        {
            client.NoDelay = true;
            ToxicStream toClient = Open(client, StreamSide.Downstream, link.Counts.Down);
            if (link.IsHttp) await ServeAsync(toClient);
            else await TunnelAsync(toClient);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException or InvalidDataException)
        {
            End(StreamEnding.Reset); // A peer is gone, or what came was no HTTP: the other side must see that it broke.
        }
        finally
        {
            await FinishAsync();
        }
    }

    /// <summary>Takes over the toxics in force; returns at once.</summary>
    public void Apply(ToxicChain chain)
    {
        lock (_gate)
        {
            foreach (ToxicStream stream in _streams) stream.Apply(chain);
        }
    }

    /// <summary>Ends both sides; returns at once. The first call decides how.</summary>
    public void End(StreamEnding how)
    {
        Socket? upstream;
        lock (_gate)
        {
            if (_isEnding) return;

            _isEnding = true;
            foreach (ToxicStream stream in _streams) stream.Stop();
            upstream = _upstream;
            if (how is StreamEnding.Close) _grace = link.Time.Provider.CreateTimer(_ => CloseSockets(), state: null, Grace, Timeout.InfiniteTimeSpan);
        }

        _ended.Cancel();
        if (how is StreamEnding.Close)
        {
            ShutDown(client);
            if (upstream is not null) ShutDown(upstream);
            return;
        }

        if (how is StreamEnding.Reset)
        {
            link.Counts.CountBroken();
            SetReset(client);
            if (upstream is not null) SetReset(upstream);
        }

        CloseSockets();
    }

    private static void ShutDown(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The peer was faster: it is as closed as it can be.
        }
    }

    private static void SetReset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, 0);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Already closed: nothing is left to reset.
        }
    }

    private async Task TunnelAsync(ToxicStream toClient)
    {
        using var early = new EarlyBytes(client, link.Counts.Up);
        if (await ConnectAsync(early) is not var (upstream, toUpstream)) return;

        Task up = early.HasEnded ? EndAfterAsync(toUpstream, early.Bytes) : BytePump.RunAsync(client, toUpstream, link.Counts.Up, early.Bytes);
        await BytePump.BothAsync(up, BytePump.RunAsync(upstream, toClient, link.Counts.Down), End);
    }

    private static async Task EndAfterAsync(ToxicStream target, ReadOnlyMemory<byte> bytes)
    {
        await target.WriteAsync(bytes);
        await target.EndAsync();
    }

    private async Task ServeAsync(ToxicStream toClient)
    {
        using var session = new HttpSession(new HttpWire
        {
            Client = client,
            ToClient = toClient,
            ConnectAsync = () => ConnectAsync(early: null),
            DropAsync = DropAsync,
            ConnectLimit = link.ConnectLimit,
            End = End,
            UpstreamBytes = link.Counts.Up,
            DownstreamBytes = link.Counts.Down,
            Faults = () => link.HttpFaults,
            CountRequest = link.Counts.CountRequest,
            Time = link.Time.Provider,
            Ended = _ended.Token,
        });
        await session.RunAsync();
        await session.DrainAsync();
    }

    private async Task DropAsync(ToxicStream stream)
    {
        lock (_gate) _streams.Remove(stream);
        await stream.FinishAsync();
    }

    // Other clients do not wait for this one: each connection connects for itself, and a client that leaves in the meantime is noticed.
    private async Task<(Socket Socket, ToxicStream Stream)?> ConnectAsync(EarlyBytes? early)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        Task<Socket?> connecting = OpenUpstreamAsync(left.Token);
        if (early is not null && !connecting.IsCompleted) await early.WatchAsync(connecting, link.Time.Provider, link.ConnectLimit, left);
        if (await connecting is not { } upstream) return null;

        lock (_gate) _upstream = upstream;
        return (upstream, Open(upstream, StreamSide.Upstream, link.Counts.Up));
    }

    private async Task<Socket?> OpenUpstreamAsync(CancellationToken stop)
    {
        await link.PassGateAsync(number, stop);
        EndPoint target = link.UpstreamEndPoint;
        Socket socket = target is IPEndPoint { AddressFamily: var family } ? new Socket(family, SocketType.Stream, ProtocolType.Tcp) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            using ITimer timer = link.Time.Provider.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), limit, link.ConnectLimit, Timeout.InfiniteTimeSpan);
            await socket.ConnectAsync(target, limit.Token);
            return socket;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            if (stop.IsCancellationRequested) throw new OperationCanceledException("the client left before the upstream was reached", error, stop);

            link.Counts.CountConnectFailed(error is SocketException ? error.Message : $"no answer within {link.ConnectLimit}");
            return null;
        }
    }

    private ToxicStream Open(Socket sink, StreamSide side, ByteCount count)
    {
        var stream = new ToxicStream(sink, side, number, count, link.Time, End);
        lock (_gate)
        {
            _streams.Add(stream);
            stream.Apply(link.Toxics);
            if (!_isEnding) return stream;
        }

        stream.Stop();
        sink.Dispose(); // It ended while the upstream was being reached.
        return stream;
    }

    private void CloseSockets()
    {
        client.Dispose();
        Socket? upstream;
        lock (_gate) upstream = _upstream;
        upstream?.Dispose();
    }

    private async Task FinishAsync()
    {
        CloseSockets();
        ToxicStream[] streams;
        lock (_gate)
        {
            _isEnding = true;
            _grace?.Dispose();
            streams = [.. _streams];
        }

        foreach (ToxicStream stream in streams) await stream.FinishAsync();
    }
}
