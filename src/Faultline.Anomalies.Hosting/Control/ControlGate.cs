using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Faultline.Anomalies.Hosting.Control;

/// <summary>Stands before every control endpoint: the right name of this machine, a page of our own, the right token; and tells when the store is away.</summary>
/// <param name="options">Who may ask; with a token.</param>
public sealed class ControlGate(ControlOptions options) : IEndpointFilter
{
    private const string Scheme = "Bearer ";

    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly byte[] _expected = SHA256.HashData(Encoding.UTF8.GetBytes(options.Token!));

    /// <inheritdoc />
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (FindProblem(context.HttpContext) is { } problem) return ControlReplies.Problem(problem);

        try
        {
            return await next(context);
        }
        catch (Exception error) when (error is DbException or TimeoutException or IOException)
        {
            return ControlReplies.Problem(ControlProblems.StoreAway.At(string.Empty, error.Message));
        }
    }

    private ControlProblemFound? FindProblem(HttpContext http)
    {
        HttpRequest request = http.Request;

        // A web page of somebody else can reach this machine under a name of its own (DNS rebinding); it cannot choose the Host header.
        if (!IsOurs(request.Host.Host)) return ControlProblems.ForeignHost.At("Host", request.Host.Value);
        if (!StringValues.IsNullOrEmpty(request.Headers.Origin) && !(Uri.TryCreate(request.Headers.Origin, UriKind.Absolute, out Uri? origin) && IsOurs(origin.Host)))
        {
            return ControlProblems.ForeignOrigin.At("Origin", request.Headers.Origin.ToString());
        }

        if (HasToken(request.Headers.Authorization.ToString())) return null;

        http.Response.Headers.WWWAuthenticate = "Bearer";
        return ControlProblems.Unauthorized.At("Authorization");
    }

    private bool IsOurs(string host) => Loopback.Concat(options.Hosts).Contains(host, StringComparer.OrdinalIgnoreCase);

    // Hashes have one length and are compared in constant time: neither the length nor the beginning of the token can be found out by the clock.
    private bool HasToken(string authorization) =>
        authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..])), _expected);
}
