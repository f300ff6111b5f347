using Faultline.Proxy.Toxics;

namespace Faultline.Proxy.Links;

/// <summary>The live counts of a link.</summary>
internal sealed class LinkCounts
{
    private long _accepted;
    private long _connectsFailed;
    private long _broken;
    private long _requests;
    private volatile string? _lastConnectError;
    private volatile string? _lastFailure;

    public ByteCount Up { get; } = new();

    public ByteCount Down { get; } = new();

    public long Accepted => Interlocked.Read(ref _accepted);

    public long ConnectsFailed => Interlocked.Read(ref _connectsFailed);

    public long Broken => Interlocked.Read(ref _broken);

    public long Requests => Interlocked.Read(ref _requests);

    public string? LastConnectError => _lastConnectError;

    /// <summary>What went wrong in the proxy itself; null is right.</summary>
    public string? LastFailure => _lastFailure;

    public long CountAccepted() => Interlocked.Increment(ref _accepted);

    public void CountBroken() => Interlocked.Increment(ref _broken);

    public void CountRequest() => Interlocked.Increment(ref _requests);

    public void Failed(Exception error) => _lastFailure = error.ToString();

    public void CountConnectFailed(string error)
    {
        Interlocked.Increment(ref _connectsFailed);
        _lastConnectError = error;
    }
}
