using Microsoft.AspNetCore.Http;

namespace Faultline.Anomalies.Hosting.Http;

/// <summary>
/// What a client sees of an <c>exception</c> that fired outside of the application's own pipeline, and so outside of its error handling: 503 with <c>Retry-After</c> when trying again can help, 500 otherwise.
/// </summary>
internal sealed class FaultReplies(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        Task handling = next(http);
        return handling.IsCompletedSuccessfully ? handling : WatchAsync(http, handling);
    }

    private static async Task WatchAsync(HttpContext http, Task handling)
    {
        try
        {
            await handling;
        }
        catch (FaultException error) when (!http.Response.HasStarted)
        {
            http.Response.Clear();
            if (error.IsTransient) http.Response.Headers.RetryAfter = "1";
            int status = error.IsTransient ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError;
            await TypedResults.Problem(error.Message, statusCode: status, title: "A fault was injected here", type: "urn:faultline:problem:anomaly.exception").ExecuteAsync(http);
        }
    }
}
