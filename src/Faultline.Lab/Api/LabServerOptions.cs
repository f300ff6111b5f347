using System.Net;

namespace Faultline.Lab.Api;

/// <summary>Where the lab answers, and to whom.</summary>
public sealed record LabServerOptions
{
    private const int TokenCharactersMin = 16;

    /// <summary>The port.</summary>
    /// <value>21000; 1 to 65535, or 0 for a free one.</value>
    public int Port { get; init; } = 21_000;

    /// <summary>An address beside the loopback ones, such as <c>0.0.0.0</c>; needs a <see cref="Token"/>.</summary>
    /// <value>Null: 127.0.0.1, and [::1] where there is one.</value>
    public string? Bind { get; init; }

    /// <summary>The secret that every request must bring, as bearer token or as password of basic authentication.</summary>
    /// <value>Null: none is asked for; otherwise at least 16 characters.</value>
    public string? Token { get; init; }

    /// <summary>Whether failures are logged with their stack traces, on standard error.</summary>
    public bool Verbose { get; init; }

    /// <summary>What each kind of fault at a fault point does, with its parameters; the composition knows the kinds, the lab does not.</summary>
    public IReadOnlyList<FaultKindView> Kinds { get; init; } = [];

    /// <summary>The folder of the workbench as it was built, with its <c>index.html</c>.</summary>
    /// <value>Null, or a folder without one: there is none, and the plain status page stands in its place.</value>
    public string? Workbench { get; init; }

    /// <summary>Everything that is wrong with these options.</summary>
    public IEnumerable<string> Problems()
    {
        if (Port is < 0 or > 65_535) yield return $"the port is {Port}; it must be 1 to 65535";
        if (Bind is not null && !IPAddress.TryParse(Bind, out _)) yield return $"'{Bind}' is no address to bind to; it must be an IP address such as 0.0.0.0";
        if (Bind is not null && IPAddress.TryParse(Bind, out IPAddress? address) && !IPAddress.IsLoopback(address) && string.IsNullOrEmpty(Token))
        {
            yield return $"binding to {Bind} lets other machines break this lab, so it needs a token of at least {TokenCharactersMin} characters (--token, or the variable FAULTLINE_TOKEN)";
        }

        if (Token is { Length: > 0 and < TokenCharactersMin }) yield return $"the token has {Token.Length} characters; it must have at least {TokenCharactersMin}";
    }
}
