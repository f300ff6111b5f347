namespace Faultline.Proxy.Toxics;

/// <summary>How a connection ends before its time.</summary>
internal enum StreamEnding
{
    /// <summary>Both sides see an orderly end.</summary>
    Close,

    /// <summary>Both sides see a reset.</summary>
    Reset,

    /// <summary>The sockets are closed at once: the link goes down.</summary>
    Cut,
}
