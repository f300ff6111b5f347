using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Faultline.Messaging.RabbitMq.Tests.Transport;

/// <summary>A way to the broker on which the first delivery of a certain body vanishes, with all its frames and nothing else: what follows is whole, and no parser can see that something is missing.</summary>
internal sealed class LossyLine : IAsyncDisposable
{
    private const byte Method = 1;
    private const byte FrameHead = 7;
    private static readonly byte[] Deliver = [0, 60, 0, 60]; // Class and method of basic.deliver, AMQP 0-9-1.

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly int _broker;
    private readonly byte[] _body;
    private readonly Task _accepting;
    private int _lost;

    /// <param name="broker">The broker's port on this machine.</param>
    /// <param name="body">The body whose first delivery is lost; short, so that it is one frame.</param>
    public LossyLine(int broker, byte[] body)
    {
        (_broker, _body) = (broker, body);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many deliveries were lost: 0 or 1.</summary>
    public int Lost => Volatile.Read(ref _lost);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true) passing.Add(PassAsync(await _listener.AcceptTcpClientAsync(_over.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        using (var end = CancellationTokenSource.CreateLinkedTokenSource(_over.Token))
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _broker, end.Token);
                Task up = client.GetStream().CopyToAsync(server.GetStream(), end.Token), down = PassFramesAsync(server.GetStream(), client.GetStream(), end.Token);
                await Task.WhenAny(up, down);
                await end.CancelAsync();
                await Task.WhenAll(up, down);
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
            {
                return; // Either side has left.
            }
        }
    }

    /// <summary>The size of the body that a header frame announces: behind the class and the weight. An empty body has no frame.</summary>
    private static long SizeIn(byte[] header) => BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(FrameHead + 4));

    /// <summary>Passes frames on. Those of a delivery are kept until its body has come: method, header, body.</summary>
    private async Task PassFramesAsync(NetworkStream from, NetworkStream to, CancellationToken stop)
    {
        var kept = new Dictionary<int, List<byte[]>>();
        while (true)
        {
            byte[] head = new byte[FrameHead];
            await from.ReadExactlyAsync(head, stop);
            byte[] frame = new byte[FrameHead + BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(3)) + 1];
            head.CopyTo(frame, 0);
            await from.ReadExactlyAsync(frame.AsMemory(FrameHead), stop);

            int channel = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(1));
            if (head[0] == Method && frame.AsSpan(FrameHead).StartsWith(Deliver)) kept[channel] = [];
            if (!kept.TryGetValue(channel, out List<byte[]>? delivery))
            {
                await to.WriteAsync(frame, stop);
                continue;
            }

            delivery.Add(frame);
            if (delivery.Count < 2 || (delivery.Count == 2 && SizeIn(frame) > 0)) continue;

            kept.Remove(channel);
            bool isLost = delivery.Count == 3 && frame.AsSpan(FrameHead, frame.Length - FrameHead - 1).SequenceEqual(_body) && Interlocked.CompareExchange(ref _lost, 1, 0) == 0;
            if (!isLost) await to.WriteAsync(delivery.SelectMany(part => part).ToArray(), stop);
        }
    }
}
