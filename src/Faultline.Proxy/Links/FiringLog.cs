using Faultline.Proxy.Http;

namespace Faultline.Proxy.Links;

/// <summary>The newest firings of HTTP faults.</summary>
internal sealed class FiringLog
{
    private const int FiringsMax = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<HttpFiring> _firings = new();

    public void Add(HttpFiring firing)
    {
        lock (_gate)
        {
            if (_firings.Count == FiringsMax) _firings.Dequeue();
            _firings.Enqueue(firing);
        }
    }

    public IReadOnlyList<HttpFiring> Read()
    {
        lock (_gate) return [.. _firings];
    }
}
