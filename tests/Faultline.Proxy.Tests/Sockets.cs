using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Faultline.TestSupport;

namespace Faultline.Proxy.Tests;

/// <summary>What tests do with a client's socket; each with a limit on hanging.</summary>
internal static class Sockets
{
    public static async Task SendAllAsync(this Socket socket, ReadOnlyMemory<byte> bytes)
    {
        using var limit = new CancellationTokenSource(Limits.Hang, TimeProvider.System);
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, limit.Token)..];
    }

    /// <summary>What comes in one read; empty at the end.</summary>
    public static async Task<byte[]> ReadAsync(this Socket socket)
    {
        using var limit = new CancellationTokenSource(Limits.Hang, TimeProvider.System);
        byte[] buffer = new byte[64 * 1024];
        return buffer[..await socket.ReceiveAsync(buffer, SocketFlags.None, limit.Token)];
    }

    public static async Task<byte[]> ReadExactlyAsync(this Socket socket, int count)
    {
        var bytes = new List<byte>();
        while (bytes.Count < count)
        {
            byte[] part = await socket.ReadAsync();
            part.ShouldNotBeEmpty($"the stream ended after {bytes.Count} of {count} bytes");
            bytes.AddRange(part);
        }

        return [.. bytes];
    }

    public static async Task<byte[]> ReadToEndAsync(this Socket socket)
    {
        var bytes = new List<byte>();
        while (await socket.ReadAsync() is { Length: > 0 } part) bytes.AddRange(part);
        return [.. bytes];
    }

    public static async Task ShouldBeResetAsync(this Socket socket)
    {
        SocketException error = await Should.ThrowAsync<SocketException>(socket.ReadToEndAsync());
        error.SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
    }

    [SuppressMessage("Usage", "VSTHRD103", Justification = "the socket is non-blocking here: it only asks whether something is there")]
    public static bool HasNothingToRead(this Socket socket) => !socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    /// <summary>How long something took.</summary>
    public static async Task<TimeSpan> TimeAsync(Func<Task> act)
    {
        long start = TimeProvider.System.GetTimestamp();
        await act();
        return TimeProvider.System.GetElapsedTime(start);
    }

    public static byte[] Numbered(int count) => [.. Enumerable.Range(0, count).Select(number => (byte)(number % 251))];
}
