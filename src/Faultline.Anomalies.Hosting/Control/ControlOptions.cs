namespace Faultline.Anomalies.Hosting.Control;

/// <summary>Who may change anomalies and guards over HTTP.</summary>
public sealed record ControlOptions
{
    private const int TokenCharactersMin = 16;

    /// <summary>The secret that a caller sends as bearer token. Null or empty: the control endpoints do not exist.</summary>
    /// <value>Null; otherwise at least 16 characters.</value>
    public string? Token { get; init; }

    /// <summary>Names beside localhost, 127.0.0.1 and [::1] under which the endpoints answer, such as the name of a container; without port.</summary>
    /// <value>None.</value>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Whether the endpoints exist.</summary>
    public bool IsOn => !string.IsNullOrEmpty(Token);

    /// <summary>Everything that is wrong with these options.</summary>
    public IEnumerable<string> Problems()
    {
        if (IsOn && Token!.Length < TokenCharactersMin) yield return $"the control token has {Token.Length} characters; it must have at least {TokenCharactersMin}, or be absent";
        if (Hosts.Any(string.IsNullOrWhiteSpace)) yield return "control.hosts has an empty name; each must be the name of a host without port";
    }
}
