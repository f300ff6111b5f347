using System.Net;

namespace TicketFlow.Communication.Mail;

/// <summary>The mail server that takes the letters.</summary>
internal sealed record SmtpOptions
{
    /// <summary>Its name or address.</summary>
    /// <value>None; required.</value>
    public string? Host { get; init; }

    /// <summary>Its port.</summary>
    /// <value>25; 1 to 65,535. 587 is usual for a server that asks for a sign-in.</value>
    public int Port { get; init; } = 25;

    /// <summary>Whether to encrypt, by STARTTLS. A server that does not offer it then gets nothing.</summary>
    public bool UseTls { get; init; }

    /// <summary>Whom to sign in as; null for no sign-in.</summary>
    public string? User { get; init; }

    /// <summary>The password. Never written to a log or a message.</summary>
    public string? Password { get; init; }

    /// <summary>How long handing over one letter may take, from the connection to the last answer.</summary>
    /// <value>10 s; 100 ms to 5 min.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>All that is wrong with these options; nothing when they are fine.</summary>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Host)) yield return "Smtp:Host is missing; it must be the name or address of a mail server";
        else if (Uri.CheckHostName(Host) == UriHostNameType.Unknown) yield return $"Smtp:Host is '{Host}'; it must be the name or address of a mail server, without a port";
        if (Port is < 1 or > 65_535) yield return $"Smtp:Port is {Port}; it must be 1 to 65535";
        if (User is null != Password is null) yield return "Smtp:User and Smtp:Password belong together; give both or none";
        if (User is not null && !UseTls && !IsLocal) yield return "Smtp:UseTls is false; a password is sent to another machine only encrypted";
        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(5)) yield return $"Smtp:Timeout is {Timeout}; it must be 100 ms to 5 min";
    }

    /// <summary>The options without the password.</summary>
    public override string ToString() => $"SMTP at {Host}:{Port}, {(UseTls ? "encrypted" : "plain")}, {(User is null ? "no sign-in" : "with a sign-in")}, {Timeout}";

    private bool IsLocal => Host == "localhost" || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
