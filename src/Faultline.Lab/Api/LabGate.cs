using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Primitives;

namespace Faultline.Lab.Api;

/// <summary>Stands before every request: the right name of this machine, no page of somebody else, and the token where there is one.</summary>
internal sealed class LabGate(LabServerOptions options, string telemetryKey)
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly byte[] _telemetry = HashOf(telemetryKey);
    private readonly byte[]? _expected = string.IsNullOrEmpty(options.Token) ? null : HashOf(options.Token);

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (FindProblem(http) is { } problem) await problem.ExecuteAsync(http);
        else await next(http);
    }

    private ProblemHttpResult? FindProblem(HttpContext http)
    {
        HttpRequest request = http.Request;

        // A page of somebody else can reach this machine under a name of its own (DNS rebinding), but it cannot choose the Host header, and it does not know the token.
        if (!IsOurs(request.Host.Host)) return LabProblems.ForeignHost.With(request.Host.Value);
        if (FindForeignOrigin(request) is { } origin) return LabProblems.ForeignOrigin.With(origin);
        if (_expected is null || HasToken(request.Headers.Authorization.ToString())) return null;
        if (request.Path.StartsWithSegments(ReceiveTelemetry.PathPrefix.TrimEnd('/')) && CryptographicOperations.FixedTimeEquals(HashOf(request.Headers[ReceiveTelemetry.KeyHeader].ToString()), _telemetry)) return null;

        http.Response.Headers.WWWAuthenticate = new StringValues(["Bearer", "Basic realm=\"Faultline lab (the token is the password)\", charset=\"UTF-8\""]);
        return LabProblems.Unauthorized.With();
    }

    /// <summary>Whose page it is, when it is not ours: another name, or another port of this machine. A browser tells it with every request that changes something.</summary>
    private static string? FindForeignOrigin(HttpRequest request)
    {
        if (request.Headers.Origin is [{ Length: > 0 } origin, ..])
        {
            bool own = Uri.TryCreate(origin, UriKind.Absolute, out Uri? page) && page.Port == (request.Host.Port ?? 80)
                && (string.Equals(page.Host, request.Host.Host, StringComparison.OrdinalIgnoreCase) || (IsLoopback(page.Host) && IsLoopback(request.Host.Host)));
            if (!own) return origin;
        }

        bool reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        return !reads && request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"] ? "another site" : null;
    }

    private static bool IsLoopback(string host) => Loopback.Contains(host, StringComparer.OrdinalIgnoreCase);

    // Who has the token is no page that was lured here; so with a token any name of this machine will do.
    private bool IsOurs(string host) => IsLoopback(host) || _expected is not null;

    private bool HasToken(string authorization)
    {
        string? given = null;
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) given = authorization["Bearer ".Length..].Trim();
        else if (authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) given = PasswordOf(authorization["Basic ".Length..].Trim());

        // Hashes have one length and are compared in constant time: neither the length nor the beginning of the token can be found out by the clock.
        return given is not null && CryptographicOperations.FixedTimeEquals(HashOf(given), _expected);
    }

    private static string? PasswordOf(string basic)
    {
        byte[] bytes = new byte[basic.Length];
        if (!Convert.TryFromBase64String(basic, bytes, out int count)) return null;

        string pair = Encoding.UTF8.GetString(bytes, 0, count);
        return pair.IndexOf(':') is var colon and >= 0 ? pair[(colon + 1)..] : null;
    }

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
