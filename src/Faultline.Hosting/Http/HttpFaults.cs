using System.Security.Cryptography;
using Faultline.Anomalies;
using Faultline.Protocol.Faults;
using Microsoft.AspNetCore.Http;

namespace Faultline.Hosting.Http;

/// <summary>
/// The fault points of the HTTP server, around business endpoints: <c>http.request.before</c> and <c>http.response.before</c>; and the digests of RFC 9530, by which a body that changed
/// on the way is refused instead of believed.
/// </summary>
internal sealed class HttpFaults(RequestDelegate next, FaultPipeline faults)
{
    /// <summary>The largest body that a service reads.</summary>
    public const int BodyBytesMax = 256 * 1024;

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<BusinessEndpoint>() is null)
        {
            await next(http);
            return;
        }

        if (!await RequestAsync(http)) return;

        bool digest = http.Request.Headers.ContainsKey(OperationHeaders.WantContentDigest);
        if (!digest && !faults.IsArmed(FaultPoints.HttpResponseBefore))
        {
            await next(http);
            return;
        }

        await ResponseAsync(http, digest);
    }

    private async Task<bool> RequestAsync(HttpContext http)
    {
        HttpRequest request = http.Request;
        string? expected = request.Headers.TryGetValue(OperationHeaders.ContentDigest, out Microsoft.Extensions.Primitives.StringValues given) ? given.ToString() : null;
        bool armed = faults.IsArmed(FaultPoints.HttpRequestBefore);
        if (expected is null && !armed) return true;

        if (await ReadAsync(request, http.RequestAborted) is not { } body)
        {
            await ReplyAsync(http, StatusCodes.Status413PayloadTooLarge, "request.too-large", $"the body is larger than {BodyBytesMax} bytes");
            return false;
        }

        if (armed)
        {
            Passage passage = PassageOf(request, body);
            await faults.PassAsync(FaultPoints.HttpRequestBefore, passage, http.RequestAborted);
            if (passage.Fate == PassageFate.Lost)
            {
                http.Abort();
                return false;
            }

            body = passage.Body.ToArray();
        }

        request.Body = new MemoryStream(body, writable: false);
        request.ContentLength = body.Length;
        if (expected is null || expected == DigestOf(body)) return true;
        await ReplyAsync(http, StatusCodes.Status400BadRequest, "request.digest", "the body is not the one that Content-Digest names; send it again");
        return false;
    }

    private async Task ResponseAsync(HttpContext http, bool digest)
    {
        Stream wire = http.Response.Body;
        using var reply = new MemoryStream();
        http.Response.Body = reply;
        try
        {
            await next(http);
        }
        finally
        {
            http.Response.Body = wire;
        }

        ReadOnlyMemory<byte> body = reply.ToArray();
        if (digest && body.Length > 0) http.Response.Headers[OperationHeaders.ContentDigest] = DigestOf(body.Span);
        if (faults.IsArmed(FaultPoints.HttpResponseBefore))
        {
            Passage passage = PassageOf(http.Request, body);
            await faults.PassAsync(FaultPoints.HttpResponseBefore, passage, http.RequestAborted);
            if (passage.Fate == PassageFate.Lost)
            {
                http.Abort();
                return;
            }

            body = passage.Body;
        }

        if (body.Length == 0) return;
        http.Response.ContentLength = body.Length;
        await wire.WriteAsync(body, http.RequestAborted);
    }

    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken stop)
    {
        using var body = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, stop)) > 0)
        {
            if (body.Length + read > BodyBytesMax) return null;
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static Passage PassageOf(HttpRequest request, ReadOnlyMemory<byte> body) => new()
    {
        MessageType = $"{request.Method} {request.Path}",
        Method = request.Method,
        Path = request.Path,
        OperationId = request.Headers[OperationHeaders.Operation].ToString() is { Length: > 0 } operation ? operation : null,
        Headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        Body = body,
    };

    /// <summary>The digest of a body as RFC 9530 writes it.</summary>
    public static string DigestOf(ReadOnlySpan<byte> body) => $"sha-256=:{Convert.ToBase64String(SHA256.HashData(body))}:";

    private static Task ReplyAsync(HttpContext http, int status, string code, string detail) => Problems.Of(status, code, detail).ExecuteAsync(http);
}
