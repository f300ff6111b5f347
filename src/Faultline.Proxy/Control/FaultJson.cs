using System.Text.Json;
using Faultline.Proxy.Http;
using Faultline.Proxy.Problems;
using Faultline.Proxy.Toxics;
using Faultline.Triggers;

namespace Faultline.Proxy.Control;

/// <summary>Reads toxics and HTTP faults as the control API takes them, and says what is wrong with one before there is any link.</summary>
public static class FaultJson
{
    /// <summary>Reads a toxic.</summary>
    /// <param name="json">As in the body of <c>POST /proxies/{name}/toxics</c>.</param>
    /// <exception cref="ProxyException">Something is wrong with its form.</exception>
    public static ToxicConfig ReadToxic(JsonElement json) => LinkReader.ReadToxic(json);

    /// <summary>Reads an HTTP fault.</summary>
    /// <param name="json">As in the body of <c>POST /proxies/{name}/http-faults</c>.</param>
    /// <exception cref="ProxyException">Something is wrong with its form.</exception>
    public static HttpFaultConfig ReadHttpFault(JsonElement json) => HttpFaultReader.Read(json);

    /// <summary>What is wrong with a toxic; null when nothing is.</summary>
    /// <param name="toxic">The toxic.</param>
    /// <param name="time">The clock.</param>
    public static string? Problem(ToxicConfig toxic, TimeProvider time) => Problem(() => Toxic.Read(toxic, new Seed(0), time));

    /// <summary>What is wrong with an HTTP fault; null when nothing is.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="time">The clock.</param>
    public static string? Problem(HttpFaultConfig fault, TimeProvider time) => Problem(() => HttpFault.Read(fault, new Seed(0), time.GetUtcNow()));

    private static string? Problem(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (ProxyException problem)
        {
            return problem.Message;
        }
    }
}
