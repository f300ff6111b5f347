namespace TicketFlow.Translations.Providers;

/// <summary>Where a LibreTranslate-compatible server is, and how long it may take.</summary>
internal sealed record LibreTranslateOptions
{
    /// <summary>The server, with a path when it is below one; "translate" is added.</summary>
    /// <value>None; required, http or https.</value>
    public Uri? BaseAddress { get; init; }

    /// <summary>The key, when the server asks for one. Never written to a log or a message.</summary>
    public string? ApiKey { get; init; }

    /// <summary>How long a translation, title and body together, may take.</summary>
    /// <value>20 seconds; 100 milliseconds to 5 minutes.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>All that is wrong with these options; nothing when they are fine.</summary>
    public IEnumerable<string> Problems()
    {
        if (BaseAddress is null || !BaseAddress.IsAbsoluteUri || BaseAddress.Scheme is not ("http" or "https"))
        {
            yield return $"libreTranslate.baseAddress is '{BaseAddress}'; it must be an absolute http or https address";
        }

        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(5)) yield return $"libreTranslate.timeout is {Timeout}; it must be 100 ms to 5 min";
    }

    /// <summary>The options without the key.</summary>
    public override string ToString() => $"LibreTranslate at {BaseAddress}, {Timeout}, {(ApiKey is null ? "no key" : "with a key")}";
}
