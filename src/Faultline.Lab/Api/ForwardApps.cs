using Faultline.Lab.Control;
using Faultline.Lab.Systems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>/apps/{system}/{service}/...: the business API of a service as its clients see it, over the same links and faults, for pages of the lab. Control endpoints stay closed: their token is never added.</summary>
internal static class ForwardApps
{
    /// <summary>Goes to the service as Authorization; where the lab has a token, that header is the lab's.</summary>
    private const string AuthorizationHeader = "App-Authorization";

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    /// <summary>Of one connection only, made anew by whoever sends, or somebody's secret that belongs to the lab.</summary>
    private static readonly HashSet<string> StaysHere = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Host", "Origin", "Referer", "Cookie", "Set-Cookie", "Authorization", AuthorizationHeader,
        "Content-Length", "Server", "Date",
    };

    public static void Map(IEndpointRouteBuilder routes) => routes.Map("/apps/{system}/{service}/{**path}", HandleAsync).ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(string system, string service, HttpContext http, ControlPlane plane, LabServerOptions options)
    {
        string name = $"{system}/{service}", prefix = $"/apps/{name}/";
        if (plane.Known.All(spec => spec.Services.All(known => known.Service != name))) return LabProblems.UnknownService.With(name, string.Join(", ", plane.Known.SelectMany(spec => spec.Services).Select(known => known.Service)));
        if (plane.FindRunning(system) is not { } running) return LabProblems.NotRunning.With(system, $"start it with 'faultline up {system}'");
        if (http.Features.Get<IHttpRequestFeature>()?.RawTarget is not { } target || !target.StartsWith(prefix, StringComparison.Ordinal)) return LabProblems.NoRoute.With(http.Request.Method, http.Request.Path);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        limit.CancelAfter(AnswerLimit);
        try
        {
            using HttpRequestMessage request = RequestOf(http.Request, system, new Uri(running.ClientAddressOf(name), target[(prefix.Length - 1)..]), options);
            HttpResponseMessage reply = await running.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            http.Response.RegisterForDispose(reply);
            return new Passed(reply, system);
        }
        catch (HttpRequestException error)
        {
            return LabProblems.AppUnreachable.With(name, error.Message.TrimEnd('.'));
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            return LabProblems.AppSilent.With(name, AnswerLimit.TotalSeconds);
        }
    }

    private static HttpRequestMessage RequestOf(HttpRequest from, string system, Uri to, LabServerOptions options)
    {
        var request = new HttpRequestMessage(new HttpMethod(from.Method), to);
        bool hasBody = from.ContentLength > 0 || from.Headers.TransferEncoding.Count > 0;
        if (hasBody) request.Content = new StreamContent(from.Body);
        if (hasBody && from.ContentLength is { } length) request.Content!.Headers.ContentLength = length;
        foreach ((string header, Microsoft.Extensions.Primitives.StringValues values) in from.Headers)
        {
            if (StaysHere.Contains(header) || header.StartsWith("Sec-", StringComparison.OrdinalIgnoreCase)) continue;
            if (!request.Headers.TryAddWithoutValidation(header, (IEnumerable<string?>)values)) request.Content?.Headers.TryAddWithoutValidation(header, (IEnumerable<string?>)values);
        }

        string[] cookies = [.. from.Cookies.Where(cookie => IsOf(system, cookie.Key)).Select(cookie => $"{cookie.Key}={cookie.Value}")];
        if (cookies.Length > 0) request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", cookies));
        string authorization = from.Headers[AuthorizationHeader].ToString();
        if (authorization.Length == 0 && string.IsNullOrEmpty(options.Token)) authorization = from.Headers.Authorization.ToString();
        if (authorization.Length > 0) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return request;
    }

    /// <summary>Whether a cookie is one of a system's: its name begins with the system's. Others are somebody else's, or the lab's.</summary>
    private static bool IsOf(string system, string cookie) => cookie.StartsWith($"{system}-", StringComparison.Ordinal);

    /// <summary>The answer of a service as it comes, also piece by piece.</summary>
    private sealed class Passed(HttpResponseMessage reply, string system) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            HttpResponse to = httpContext.Response;
            to.StatusCode = (int)reply.StatusCode;
            foreach ((string header, IEnumerable<string> values) in reply.Headers.Concat(reply.Content.Headers))
            {
                if (!StaysHere.Contains(header)) to.Headers[header] = values.ToArray();
            }

            // A browser sends it back to this system only.
            foreach (string cookie in reply.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? set) ? set.Where(cookie => IsOf(system, cookie)) : [])
            {
                to.Headers.Append("Set-Cookie", string.Join(";", cookie.Split(';').Where(part => !part.TrimStart().StartsWith("path=", StringComparison.OrdinalIgnoreCase)).Append($" path=/apps/{system}/")));
            }

            // Whatever a service answers, it is no page of the lab.
            to.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
            to.Headers.XContentTypeOptions = "nosniff";
            if (reply.Content.Headers.ContentLength is { } length) to.ContentLength = length;
            try
            {
                await using Stream body = await reply.Content.ReadAsStreamAsync(httpContext.RequestAborted);
                bool isStream = reply.Content.Headers.ContentType?.MediaType == "text/event-stream";
                if (isStream) await CopyAtOnceAsync(body, to.Body, httpContext.RequestAborted);
                else await body.CopyToAsync(to.Body, httpContext.RequestAborted);
            }
            catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
            {
                httpContext.Abort(); // The answer broke off: whoever asked must see that, and not a short answer.
            }
        }

        private static async Task CopyAtOnceAsync(Stream from, Stream to, CancellationToken gone)
        {
            byte[] buffer = new byte[8_192];
            for (int count; (count = await from.ReadAsync(buffer, gone)) > 0;)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), gone);
                await to.FlushAsync(gone);
            }
        }
    }
}
