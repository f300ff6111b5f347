using System.Data.Common;
using Faultline.Anomalies;
using Faultline.Messaging.Store;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Faultline.Hosting.Http;

/// <summary>The request edge: what failed becomes problem details, without inner words of the system. 503 says: not known to be done, ask again with the same key.</summary>
internal sealed partial class FailureReplies(ILogger<FailureReplies> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested) return true;

        if (exception is BadHttpRequestException bad)
        {
            await Problems.Of(bad.StatusCode, "request.unreadable", bad.InnerException is System.Text.Json.JsonException json ? $"the body is no valid JSON for this request: {json.Message}" : bad.Message).ExecuteAsync(httpContext);
            return true;
        }

        Failed(log, httpContext.Request.Method, httpContext.Request.Path, exception);
        bool passing = exception is StoreException or DbException or TimeoutException or FaultException { IsTransient: true };
        if (passing) httpContext.Response.Headers.RetryAfter = "1";
        await Problems.Of(
            passing ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError, passing ? "service.unavailable" : "service.failed",
            passing ? "the service could not finish this now; ask again with the same Idempotency-Key" : "the service failed at this request").ExecuteAsync(httpContext);
        return true;
    }

    [LoggerMessage(3001, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void Failed(ILogger log, string method, string path, Exception error);
}
