namespace Faultline.Proxy.Toxics;

/// <summary>Time as toxics see it: counted from the start of the proxy, never set back.</summary>
internal sealed class ToxicTime(TimeProvider provider)
{
    private readonly long _start = provider.GetTimestamp();

    public TimeProvider Provider { get; } = provider;

    public TimeSpan Now => Provider.GetElapsedTime(_start);
}
