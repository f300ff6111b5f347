using System.Text.Json;
using Faultline.Proxy.Problems;
using Microsoft.AspNetCore.Http;

namespace Faultline.Proxy.Control;

/// <summary>The request edge: what failed becomes a body that Toxiproxy's clients read.</summary>
internal static class ControlFailures
{
    public static async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (ProxyException error)
        {
            await WriteAsync(http, error.Message, error.Status);
        }
        catch (BadHttpRequestException error)
        {
            await WriteAsync(http, ProxyProblems.BadBody(error.Message).Message, error.StatusCode);
        }
        catch (Exception error) when (error is not OperationCanceledException || !http.RequestAborted.IsCancellationRequested)
        {
            await WriteAsync(http, $"{error.GetType().Name}: {error.Message}", StatusCodes.Status500InternalServerError);
        }
    }

    /// <summary>An address that nobody knows.</summary>
    public static Task PlainNotFoundAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint() is not null) return next(http);

        http.Response.StatusCode = StatusCodes.Status404NotFound;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync("404 page not found\n");
    }

    private static Task WriteAsync(HttpContext http, string message, int status)
    {
        if (http.Response.HasStarted)
        {
            http.Abort(); // Half a reply was sent: only a cut connection tells the truth now.
            return Task.CompletedTask;
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync($"{{\"error\":{JsonSerializer.Serialize(message)},\"status\":{status}}}\n");
    }
}
