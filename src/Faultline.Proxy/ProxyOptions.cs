using System.Net;

namespace Faultline.Proxy;

/// <summary>Where the fault proxy is controlled, and what it begins with.</summary>
public sealed record ProxyOptions
{
    private const int TokenCharactersMin = 16;

    /// <summary>The address of the control API, as <c>host:port</c>; port 0 is a free one.</summary>
    /// <value>127.0.0.1:8474, as with Toxiproxy.</value>
    public string Listen { get; init; } = "127.0.0.1:8474";

    /// <summary>A JSON file with the links to begin with: Toxiproxy's format, and with toxics and HTTP faults where wanted.</summary>
    /// <value>Null: no links.</value>
    public string? ConfigFile { get; init; }

    /// <summary>Decides every random choice.</summary>
    /// <value>Null: drawn, and shown by the API.</value>
    public ulong? Seed { get; init; }

    /// <summary>The secret that control requests must bring as bearer token.</summary>
    /// <value>Null: none, which is possible on a loopback address only.</value>
    public string? Token { get; init; }

    /// <summary>The header by which HTTP requests name the operation they belong to; random choices then depend on it, and not on who comes first.</summary>
    /// <value>fl-operation.</value>
    public string OperationHeader { get; init; } = "fl-operation";

    /// <summary>How long a connection to an upstream may take.</summary>
    /// <value>10 seconds; above 0 and at most 10 minutes.</value>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Everything that is wrong with these options.</summary>
    public IEnumerable<string> Problems()
    {
        if (!TryReadListen(out IPEndPoint? address)) yield return $"the control address is '{Listen}'; it must be host:port, such as 127.0.0.1:8474";
        else if (!IPAddress.IsLoopback(address.Address) && string.IsNullOrEmpty(Token)) yield return $"binding to {Listen} lets other machines set faults, so it needs a token of at least {TokenCharactersMin} characters";

        if (Token is { Length: > 0 and < TokenCharactersMin }) yield return $"the token has {Token.Length} characters; it must have at least {TokenCharactersMin}";
        if (ConnectLimit <= TimeSpan.Zero || ConnectLimit > TimeSpan.FromMinutes(10)) yield return $"the limit for connecting is {ConnectLimit}; it must be above 0 and at most 10 minutes";
        if (ConfigFile is not null && !File.Exists(ConfigFile)) yield return $"there is no config file '{ConfigFile}'";
    }

    internal bool TryReadListen([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPEndPoint? address) =>
        IPEndPoint.TryParse(Listen.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal), out address);
}
