using Faultline.Protocol.Faults;
using Microsoft.AspNetCore.Http;

namespace Faultline.Anomalies.Hosting.Http;

/// <summary>The fault points of the HTTP server: <c>http.request.before</c> and <c>http.response.before</c>. A middleware; idle it only asks whether something is set.</summary>
/// <param name="next">The rest of the pipeline.</param>
/// <param name="faults">The fault points of this process.</param>
/// <param name="hits">Whether a request may be hit: health checks and the control endpoints should not be.</param>
public sealed class HttpFaults(RequestDelegate next, FaultPipeline faults, Func<HttpContext, bool> hits)
{
    /// <summary>Handles a request.</summary>
    /// <param name="http">The request.</param>
    public Task InvokeAsync(HttpContext http) =>
        (faults.IsArmed(FaultPoints.HttpRequestBefore) || faults.IsArmed(FaultPoints.HttpResponseBefore)) && hits(http) ? PassAsync(http) : next(http);

    private async Task PassAsync(HttpContext http)
    {
        if (!faults.IsArmed(FaultPoints.HttpRequestBefore))
        {
            await AnswerAsync(http);
            return;
        }

        (ReadOnlyMemory<byte> start, bool isAll) = await BodyStart.ReadAsync(http.Request.Body, http.RequestAborted);
        Passage passage = PassageOf(http.Request, start);
        bool overtakes = await faults.EnterAsync(FaultPoints.HttpRequestBefore, passage, http.RequestAborted);
        if (passage.Fate == PassageFate.Lost)
        {
            http.Abort();
            return;
        }

        GiveBody(http.Request, passage, start.Length, isAll);
        try
        {
            await AnswerAsync(http);
        }
        finally
        {
            // Only now: a request that is held goes after the whole of the later one, and not beside it.
            if (overtakes) faults.CountPassed(FaultPoints.HttpRequestBefore, passage);
        }
    }

    private Task AnswerAsync(HttpContext http) => faults.IsArmed(FaultPoints.HttpResponseBefore) ? ResponseAsync(http) : next(http);

    private static void GiveBody(HttpRequest request, Passage passage, int startLength, bool isAll)
    {
        request.Body = isAll ? new MemoryStream(passage.Body.ToArray(), writable: false) : new ResumedBody(passage.Body, request.Body);
        if (request.ContentLength is { } length) request.ContentLength = length - startLength + passage.Body.Length;
    }

    private async Task ResponseAsync(HttpContext http)
    {
        Stream wire = http.Response.Body;
        await using var reply = new HeldReply(http, wire, async start =>
        {
            Passage passage = PassageOf(http.Request, start);
            await faults.PassAsync(FaultPoints.HttpResponseBefore, passage, http.RequestAborted);
            return passage.Fate == PassageFate.Lost ? default(ReadOnlyMemory<byte>?) : passage.Body; // A bare null would become an empty body.
        });
        http.Response.Body = reply;
        try
        {
            await next(http);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
            await reply.EndAsync();
        }
        finally
        {
            http.Response.Body = wire;
        }
    }

    private static Passage PassageOf(HttpRequest request, ReadOnlyMemory<byte> body) => new()
    {
        MessageType = $"{request.Method} {request.Path}",
        Method = request.Method,
        Path = request.Path,
        OperationId = request.Headers[FaultHeaders.Operation].ToString() is { Length: > 0 } operation ? operation : null,
        Headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        Body = body,
    };
}
