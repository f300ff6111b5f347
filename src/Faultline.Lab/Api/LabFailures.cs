using System.Text.Json;
using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Faultline.Lab.Api;

/// <summary>The request edge: what failed becomes problem details.</summary>
internal sealed partial class LabFailures(ILogger<LabFailures> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested) return true;

        IResult reply = exception switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => LabProblems.WrongMediaType.With(httpContext.Request.ContentType),
            BadHttpRequestException { InnerException: JsonException json } => LabProblems.Unreadable.With($"the body is no valid JSON for this request: {json.Message}"),
            BadHttpRequestException bad => LabProblems.Unreadable.With(bad.Message),
            ServiceRefusedException refused => Results.Text(refused.Problem, "application/problem+json", statusCode: refused.Status),
            LabException lab => LabProblems.Refused.With(lab.Message),
            _ => Unforeseen(httpContext, exception),
        };
        await reply.ExecuteAsync(httpContext);
        return true;
    }

    private IResult Unforeseen(HttpContext http, Exception error)
    {
        Failed(log, http.Request.Method, http.Request.Path, error);
        return LabProblems.Failed.With(error.GetType().Name);
    }

    [LoggerMessage(4001, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void Failed(ILogger log, string method, string path, Exception error);
}
