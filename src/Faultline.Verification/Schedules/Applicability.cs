using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;

namespace Faultline.Verification.Schedules;

/// <summary>Which messages pass which point of a service: the producing points see what it publishes, the consuming ones what it consumes.</summary>
public static class Applicability
{
    /// <summary>The message types that can pass a point; empty for the points of HTTP and of database clients, where no message passes.</summary>
    /// <param name="service">The service.</param>
    /// <param name="point">The point.</param>
    public static IReadOnlyList<string> MessagesAt(ServiceDescription service, FaultPoint point) => point.Pipeline switch
    {
        "publish" or "relay" or "schedule" => Names(service.Publishes),
        "consume" or "retry" or "deadletter" => Names(service.Consumes),
        "http" or "db" => [],
        _ => Names([.. service.Publishes, .. service.Consumes]),
    };

    /// <summary>Whether a point belongs to HTTP, where method and path are matched and no message is.</summary>
    /// <param name="point">The point.</param>
    public static bool IsHttp(FaultPoint point) => point.Pipeline == "http";

    private static string[] Names(IReadOnlyList<MessageContract> contracts) => [.. contracts.Select(contract => contract.Type).Distinct().Order(StringComparer.Ordinal)];
}
