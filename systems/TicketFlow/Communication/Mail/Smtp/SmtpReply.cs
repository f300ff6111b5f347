namespace TicketFlow.Communication.Mail.Smtp;

/// <summary>What a mail server answered.</summary>
/// <param name="Code">Its three digits.</param>
/// <param name="Lines">Its words.</param>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    private const int CharsMax = 300;

    /// <summary>Done.</summary>
    public bool IsDone => Code is >= 200 and < 300;

    /// <summary>The same again will fail again.</summary>
    public bool IsRefusal => Code is >= 500 and < 600;

    /// <summary>Fit to be shown: on one line, and short.</summary>
    public override string ToString()
    {
        string words = string.Concat(string.Join(' ', Lines).Take(CharsMax).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return $"{Code} {words}".TrimEnd();
    }
}

/// <summary>A mail server does not do what it must; trying later can help. The message is fit to be shown and holds no secret.</summary>
internal sealed class SmtpException(string message) : Exception(message);
