using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace TicketFlow.Tests.Communication;

/// <summary>What a mail server took.</summary>
internal sealed record Arrival(string From, IReadOnlyList<string> To, byte[] Eml);

/// <summary>A mail server on a free port that speaks SMTP, or does whatever a test wants it to instead.</summary>
internal sealed class SmtpServerDouble : IAsyncDisposable
{
    /// <summary>Says nothing and keeps the connection open.</summary>
    public const string Hang = "hang";

    /// <summary>Ends the connection.</summary>
    public const string Drop = "drop";

    /// <summary>Names the end of the data for <see cref="Instead"/>.</summary>
    public const string EndOfData = ".";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _accepting;

    public SmtpServerDouble()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public ConcurrentQueue<string> Commands { get; } = [];

    public ConcurrentQueue<Arrival> Arrivals { get; } = [];

    /// <summary>What it can, as it says after EHLO.</summary>
    public IReadOnlyList<string> Abilities { get; set; } = ["8BITMIME"];

    /// <summary>For a command, the end of the data, or the empty word for the connection: another answer; null for the usual one.</summary>
    public Func<string, string?>? Instead { get; set; }

    /// <summary>Lets it encrypt.</summary>
    public X509Certificate2? Certificate { get; set; }

    public async ValueTask DisposeAsync()
    {
        if (_ended.IsCancellationRequested) return;

        await _ended.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> talks = [];
        try
        {
            while (true) talks.Add(TalkAsync(await _listener.AcceptTcpClientAsync(_ended.Token)));
        }
        catch (Exception error) when (_ended.IsCancellationRequested && error is OperationCanceledException or InvalidOperationException or SocketException)
        {
            // Each of them is how accepting ends, depending on where it was.
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using TcpClient connection = client;
        Stream stream = connection.GetStream();
        try
        {
            await using var talk = new Talk(this, stream);
            await talk.RunAsync(_ended.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            return; // The client hung up, or the test has ended.
        }
    }

    private sealed class Talk(SmtpServerDouble server, Stream stream) : IAsyncDisposable
    {
        private readonly List<string> _to = [];
        private Stream _stream = stream;
        private string _from = "";

        public ValueTask DisposeAsync() => _stream.DisposeAsync();

        public async Task RunAsync(CancellationToken ended)
        {
            if (!await AnswerAsync("", "220 double ready", ended)) return;
            while (await ReadLineAsync(ended) is { } line)
            {
                string command = Encoding.UTF8.GetString(line);
                server.Commands.Enqueue(command);
                if (!await AnswerAsync(command, Usual(command), ended) || command == "QUIT") return;
                if (command == "STARTTLS" && server.Certificate is not null)
                {
                    var encrypted = new SslStream(_stream);
                    _stream = encrypted;
                    await encrypted.AuthenticateAsServerAsync(server.Certificate!);
                }

                if (command == "DATA" && server.Instead?.Invoke(command) is null && !await TakeAsync(ended)) return;
            }
        }

        private async Task<bool> TakeAsync(CancellationToken ended)
        {
            var eml = new List<byte>();
            while (await ReadLineAsync(ended) is { } line && line is not [(byte)'.'])
            {
                eml.AddRange(line is [(byte)'.', ..] ? line[1..] : line);
                eml.AddRange("\r\n"u8);
            }

            server.Arrivals.Enqueue(new Arrival(_from, [.. _to], [.. eml]));
            return await AnswerAsync(EndOfData, "250 taken", ended);
        }

        private string Usual(string command)
        {
            string[] words = command.Split(' ');
            if (words[0] == "MAIL") _from = command;
            if (words[0] == "RCPT" && server.Instead?.Invoke(command) is null) _to.Add(command[(command.IndexOf('<') + 1)..command.IndexOf('>')]);
            return words[0] switch
            {
                "EHLO" => string.Join("\r\n", new[] { "double" }.Concat(server.Abilities).Index().Select(line => line.Index == server.Abilities.Count ? $"250 {line.Item}" : $"250-{line.Item}")),
                "STARTTLS" => server.Certificate is null ? "502 no" : "220 go on",
                "AUTH" => "235 hello",
                "MAIL" or "RCPT" => "250 fine",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "500 what?",
            };
        }

        private async Task<bool> AnswerAsync(string command, string usual, CancellationToken ended)
        {
            string answer = server.Instead?.Invoke(command) ?? usual;
            if (answer == Drop) return false;
            if (answer == Hang) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ended);
            await _stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\r\n"), ended);
            return true;
        }

        private async Task<byte[]?> ReadLineAsync(CancellationToken ended)
        {
            var line = new List<byte>();
            byte[] one = new byte[1];
            while (await _stream.ReadAsync(one, ended) == 1)
            {
                line.Add(one[0]);
                if (line is [.., (byte)'\r', (byte)'\n']) return [.. line[..^2]];
            }

            return null;
        }
    }
}
