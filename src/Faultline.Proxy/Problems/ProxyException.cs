namespace Faultline.Proxy.Problems;

/// <summary>A request that cannot be fulfilled, in the words and with the status that Toxiproxy's clients know.</summary>
public sealed class ProxyException : Exception
{
    internal ProxyException(string message, int status, Exception? cause = null)
        : base(message, cause) => Status = status;

    /// <summary>The HTTP status that says it.</summary>
    public int Status { get; }
}
