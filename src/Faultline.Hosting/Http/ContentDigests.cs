using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Faultline.Hosting.Http;

/// <summary>The digests of RFC 9530, by which a body that changed on the way is refused instead of believed. They lie inside the fault points, as they lie behind a wire.</summary>
internal sealed class ContentDigests(RequestDelegate next)
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

        if (!await IsAsSentAsync(http)) return;

        if (http.Request.Headers.ContainsKey(OperationHeaders.WantContentDigest)) await WithDigestAsync(http);
        else await next(http);
    }

    private static async Task<bool> IsAsSentAsync(HttpContext http)
    {
        HttpRequest request = http.Request;
        if (!request.Headers.TryGetValue(OperationHeaders.ContentDigest, out Microsoft.Extensions.Primitives.StringValues expected)) return true;

        if (await ReadAsync(request, http.RequestAborted) is not { } body)
        {
            await ReplyAsync(http, StatusCodes.Status413PayloadTooLarge, "request.too-large", $"the body is larger than {BodyBytesMax} bytes");
            return false;
        }

        request.Body = new MemoryStream(body, writable: false);
        request.ContentLength = body.Length;
        if (expected.ToString() == DigestOf(body)) return true;
        await ReplyAsync(http, StatusCodes.Status400BadRequest, "request.digest", "the body is not the one that Content-Digest names; send it again");
        return false;
    }

    private async Task WithDigestAsync(HttpContext http)
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
        if (body.Length == 0) return;
        http.Response.Headers[OperationHeaders.ContentDigest] = DigestOf(body.Span);
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

    /// <summary>The digest of a body as RFC 9530 writes it.</summary>
    private static string DigestOf(ReadOnlySpan<byte> body) => $"sha-256=:{Convert.ToBase64String(SHA256.HashData(body))}:";

    private static Task ReplyAsync(HttpContext http, int status, string code, string detail) => Problems.Of(status, code, detail).ExecuteAsync(http);
}
