namespace Faultline.Proxy.Http;

/// <summary>Every kind of HTTP fault.</summary>
internal static class HttpFaultKinds
{
    public static readonly IReadOnlyList<HttpFaultKind> All =
    [
        new AbortFault(), new BlackholeFault(), new DuplicateFault(), new GarbageFault(), new LatencyFault(), new SlowBodyFault(), new StatusFault(), new TruncateFault(),
    ];

    public static string Names { get; } = string.Join(", ", All.Select(kind => kind.Name));

    public static HttpFaultKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);
}
