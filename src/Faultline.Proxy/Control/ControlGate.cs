using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Faultline.Proxy.Control;

/// <summary>Stands before every request: no browser, the right name of this machine, and the token where there is one.</summary>
internal sealed class ControlGate(ProxyOptions options)
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        HttpRequest request = http.Request;

        // A page of somebody else could set faults through its visitor's browser.
        if (request.Headers.UserAgent.ToString().StartsWith("Mozilla/", StringComparison.Ordinal)) return RefuseAsync(http, StatusCodes.Status403Forbidden, "User agent not allowed");
        if (string.IsNullOrEmpty(options.Token))
        {
            bool isOurs = Loopback.Contains(request.Host.Host, StringComparer.OrdinalIgnoreCase) && request.Headers.Origin.Count == 0;
            return isOurs ? next(http) : RefuseAsync(http, StatusCodes.Status403Forbidden, "Host or origin not allowed");
        }

        const string Scheme = "Bearer ";
        string given = request.Headers.Authorization.ToString();
        bool hasToken = given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && CryptographicOperations.FixedTimeEquals(HashOf(given[Scheme.Length..].Trim()), HashOf(options.Token));
        return hasToken ? next(http) : RefuseAsync(http, StatusCodes.Status401Unauthorized, "Token missing or wrong; send it as 'Authorization: Bearer <token>'");
    }

    // Hashes have one length: neither the length nor the beginning of the token can be found out by the clock.
    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static Task RefuseAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(text + "\n");
    }
}
