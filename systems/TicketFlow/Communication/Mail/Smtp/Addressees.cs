namespace TicketFlow.Communication.Mail.Smtp;

/// <summary>What became of each address of a letter while it was handed over. Pure; not thread-safe.</summary>
internal sealed class Addressees(IReadOnlyList<string> all)
{
    private readonly List<string> _accepted = [];
    private readonly List<string> _refused = [];
    private readonly List<string> _reached = [];
    private readonly List<string> _words = [];

    /// <summary>Addresses that the server takes a letter for.</summary>
    public IReadOnlyList<string> Accepted => _accepted;

    /// <summary>Addresses that will never be reached.</summary>
    public IReadOnlyList<string> NotThere => _refused;

    /// <summary>An address cannot be reached at all.</summary>
    public void Refused(string address, string why)
    {
        _refused.Add(address);
        _words.Add($"{address}: {why}");
    }

    /// <summary>The server has answered for an address.</summary>
    public void Answered(string address, SmtpReply reply)
    {
        if (reply.IsDone) _accepted.Add(address);
        else if (reply.IsRefusal) Refused(address, reply.ToString());
        else _words.Add($"{address}: {reply}"); // Neither: to be tried again.
    }

    /// <summary>The server has answered for the letter itself, and so for all accepted addresses.</summary>
    public void Handed(SmtpReply reply)
    {
        if (reply.IsDone) _reached.AddRange(_accepted);
        else if (reply.IsRefusal) _refused.AddRange(_accepted);
        if (!reply.IsDone) _words.Add(reply.ToString());
    }

    /// <summary>All together.</summary>
    public Delivery Delivery()
    {
        string? error = _words.Count == 0 ? null : $"The mail server did not take the letter for {all.Count - _reached.Count} of {all.Count}: {string.Join("; ", _words)}";
        return new Delivery(_reached, _refused, error);
    }
}
