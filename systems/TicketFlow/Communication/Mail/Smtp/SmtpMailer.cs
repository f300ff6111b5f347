using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using TicketFlow.Communication.Data;

namespace TicketFlow.Communication.Mail.Smtp;

/// <summary>Hands letters to a mail server, each over a connection of its own. At least once: a server that took one and did not say so gets it again, with the same Message-ID.</summary>
/// <remarks>
/// A client of our own, because the one of the framework tells of several addresses only the first that was refused, and writes other bytes than those of the pickup folder. A refusal (5xx) of an address
/// or of the letter itself is for good; one of the sender, the sign-in or the encryption is a mistake of ours that somebody can mend while the letters wait.
/// </remarks>
internal sealed class SmtpMailer : IMailer
{
    private static readonly TimeSpan AwayPause = TimeSpan.FromSeconds(5);

    private readonly MailOptions _options;
    private readonly SmtpOptions _smtp;
    private readonly TimeProvider _time;
    private readonly ServerWatch _watch;

    public SmtpMailer(MailOptions options, TimeProvider time)
    {
        _options = options;
        _smtp = options.Smtp ?? throw new ArgumentException("there is no mail server", nameof(options));
        _time = time;
        _watch = new ServerWatch(AwayPause, _smtp.Timeout, time);
    }

    /// <inheritdoc/>
    public async Task<Delivery> SendAsync(Letter letter, CancellationToken stop)
    {
        if (_watch.Refusal() is { } refusal) return Delivery.Failed(refusal);

        using var timeout = new CancellationTokenSource(_smtp.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            Delivery delivery = await TalkAsync(letter, either.Token);
            _watch.Answered();
            return delivery;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Away($"The mail server did not answer within {_smtp.Timeout.TotalSeconds:0.#} s.");
        }
        catch (SocketException error)
        {
            return Away($"The mail server at {_smtp.Host}:{_smtp.Port} cannot be reached: {error.SocketErrorCode}.");
        }
        catch (AuthenticationException)
        {
            return Away("The mail server's certificate is not one to trust.");
        }
        catch (IOException)
        {
            return Away("The connection to the mail server broke.");
        }
        catch (SmtpException error)
        {
            return Away(error.Message);
        }
    }

    private Delivery Away(string failure)
    {
        _watch.Failed(failure);
        return Delivery.Failed(failure);
    }

    private async Task<Delivery> TalkAsync(Letter letter, CancellationToken stop)
    {
        await using SmtpConversation server = await SmtpConversation.ConnectAsync(_smtp.Host!, _smtp.Port, stop);
        SmtpReply abilities = await GreetAsync(server, stop);
        var addresses = new Addressees(letter.Outstanding);
        bool needsUtf8 = EmlWriter.NamedIn(letter).Any(recipient => !Ascii.IsValid(Mailbox.Wire(recipient.Email)));
        bool hasUtf8 = abilities.Lines.Any(line => line.Trim().Equals("SMTPUTF8", StringComparison.OrdinalIgnoreCase));
        Require(await server.AskAsync($"MAIL FROM:<{_options.From}>{(needsUtf8 && hasUtf8 ? " SMTPUTF8" : "")}", stop), "the sender");
        foreach (string address in letter.Outstanding)
        {
            string wire = Mailbox.Wire(address);
            if (!Ascii.IsValid(wire) && !hasUtf8) addresses.Refused(address, "The mail server does not take addresses outside ASCII");
            else addresses.Answered(address, await server.AskAsync($"RCPT TO:<{wire}>", stop));
        }

        if (addresses.Accepted.Count > 0) addresses.Handed(await HandOverAsync(server, letter with { Refused = [.. letter.Refused, .. addresses.NotThere] }, stop));
        await EndAsync(server, stop);
        return addresses.Delivery();
    }

    private async Task<SmtpReply> GreetAsync(SmtpConversation server, CancellationToken stop)
    {
        Require(await server.ReadAsync(stop), "the connection");
        SmtpReply abilities = Require(await server.AskAsync($"EHLO {server.LocalName}", stop), "the greeting");
        if (_smtp.UseTls)
        {
            Require(await server.AskAsync("STARTTLS", stop), "the encryption");
            await server.EncryptAsync(_smtp.Host!, stop);
            abilities = Require(await server.AskAsync($"EHLO {server.LocalName}", stop), "the greeting");
        }

        if (_smtp.User is null) return abilities;

        string secret = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{_smtp.User}\0{_smtp.Password}"));
        SmtpReply signedIn = await server.AskAsync($"AUTH PLAIN {secret}", stop);
        // Without the server's words, which may repeat the secret.
        return signedIn.IsDone ? abilities : throw new SmtpException($"The mail server refused the sign-in: {signedIn.Code}.");
    }

    private async Task<SmtpReply> HandOverAsync(SmtpConversation server, Letter letter, CancellationToken stop)
    {
        SmtpReply go = await server.AskAsync("DATA", stop);
        return go.Code == 354 ? await server.AskDataAsync(EmlWriter.Write(letter, _options), stop) : go;
    }

    /// <summary>Says good-bye, without waiting for the answer: what matters has been answered, and nothing that happens here may change it.</summary>
    private static async Task EndAsync(SmtpConversation server, CancellationToken stop)
    {
        try
        {
            await server.SendAsync("QUIT", stop);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            return; // The server has hung up first.
        }
    }

    private static SmtpReply Require(SmtpReply reply, string what) => reply.IsDone ? reply : throw new SmtpException($"The mail server refused {what}: {reply}.");
}
