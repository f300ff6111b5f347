using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace TicketFlow.Communication.Mail.Smtp;

/// <summary>A connection to a mail server: commands go out, answers come in (RFC 5321). Not thread-safe.</summary>
internal sealed class SmtpConversation : IAsyncDisposable
{
    private const int LineBytesMax = 4_096;
    private const int LinesMax = 200;

    private readonly Socket _socket;
    private readonly byte[] _received = new byte[LineBytesMax];
    private Stream _stream;
    private int _begin;
    private int _end;

    private SmtpConversation(Socket socket, Stream stream) => (_socket, _stream) = (socket, stream);

    /// <summary>How this side names itself: its own address, which needs no configuration and no look-up.</summary>
    public string LocalName => ((IPEndPoint)_socket.LocalEndPoint!).Address switch
    {
        { IsIPv4MappedToIPv6: true } mapped => $"[{mapped.MapToIPv4()}]",
        { AddressFamily: AddressFamily.InterNetworkV6 } address => $"[IPv6:{new IPAddress(address.GetAddressBytes())}]",
        { } address => $"[{address}]",
    };

    /// <summary>Connects; the server speaks first.</summary>
    public static async Task<SmtpConversation> ConnectAsync(string host, int port, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, stop);
            return new SmtpConversation(socket, new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose(); // Nobody else has it.
            throw;
        }
    }

    /// <summary>Sends a command, without waiting for the answer.</summary>
    public async Task SendAsync(string command, CancellationToken stop) => await _stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), stop);

    /// <summary>Sends a command and waits for the answer.</summary>
    public async Task<SmtpReply> AskAsync(string command, CancellationToken stop)
    {
        await SendAsync(command, stop);
        return await ReadAsync(stop);
    }

    /// <summary>Sends an e-mail whose lines end with CR LF, and its end. A dot at the start of a line is doubled: alone it would be the end.</summary>
    public async Task<SmtpReply> AskDataAsync(ReadOnlyMemory<byte> eml, CancellationToken stop)
    {
        var wire = new ArrayBufferWriter<byte>(eml.Length + 64);
        byte before = (byte)'\n';
        foreach (byte octet in eml.Span)
        {
            if (octet == '.' && before == '\n') wire.Write("."u8);
            wire.Write([octet]);
            before = octet;
        }

        wire.Write(".\r\n"u8);
        await _stream.WriteAsync(wire.WrittenMemory, stop);
        return await ReadAsync(stop);
    }

    /// <summary>Waits for an answer, which may have several lines.</summary>
    public async Task<SmtpReply> ReadAsync(CancellationToken stop)
    {
        List<string> lines = [];
        while (lines.Count < LinesMax)
        {
            string line = await ReadLineAsync(stop);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), System.Globalization.NumberStyles.None, null, out int code)) throw new SmtpException("The mail server does not speak SMTP.");
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-') return new SmtpReply(code, lines);
        }

        throw new SmtpException($"An answer of the mail server has more than {LinesMax} lines.");
    }

    /// <summary>Encrypts from here on, after the server has agreed.</summary>
    public async Task EncryptAsync(string host, CancellationToken stop)
    {
        // What somebody in between has slipped in before the encryption must not count as said under it.
        if (_begin < _end) throw new SmtpException("The mail server said more than it may before the encryption.");

        var encrypted = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = encrypted;
        await encrypted.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<string> ReadLineAsync(CancellationToken stop)
    {
        while (true)
        {
            int length = _received.AsSpan(_begin, _end - _begin).IndexOf((byte)'\n');
            if (length >= 0)
            {
                string line = Encoding.UTF8.GetString(_received, _begin, length).TrimEnd('\r');
                _begin += length + 1;
                return line;
            }

            _received.AsSpan(_begin, _end - _begin).CopyTo(_received);
            (_begin, _end) = (0, _end - _begin);
            if (_end == _received.Length) throw new SmtpException($"A line of the mail server has more than {LineBytesMax} bytes.");

            int read = await _stream.ReadAsync(_received.AsMemory(_end), stop);
            if (read == 0) throw new SmtpException("The mail server ended the connection.");
            _end += read;
        }
    }
}
