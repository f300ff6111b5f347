using System.Buffers;
using System.IO.Compression;
using Faultline.Lab.Control;
using Faultline.Lab.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>POST /v1/traces, /v1/metrics and /v1/logs: OTLP over HTTP with protobuf, as every OpenTelemetry SDK sends it. Logs are accepted and not kept: the lab has the services' output.</summary>
internal static class ReceiveTelemetry
{
    /// <summary>Under these paths services need the key of the telemetry, not the token of the lab.</summary>
    public const string PathPrefix = "/v1/";

    public const string KeyHeader = "faultline-telemetry";

    private const int BodyBytesMax = 8 << 20;
    private const string MediaType = "application/x-protobuf";

    public static void Map(IEndpointRouteBuilder routes)
    {
        Receive(routes, "traces", (store, body) => store.Spans.Add(OtlpTraces.Read(body)));
        Receive(routes, "metrics", (store, body) => store.Add(OtlpMetrics.Read(body)));
        Receive(routes, "logs", (_, _) => { });
    }

    private delegate void Take(TelemetryStore store, ReadOnlySpan<byte> body);

    private static void Receive(IEndpointRouteBuilder routes, string signal, Take take) => routes.MapPost($"{PathPrefix}{signal}", async (HttpContext http, ControlPlane plane) =>
    {
        // No page can send this type to a foreign address without being asked first, and is refused then.
        if (http.Request.ContentType?.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase) != true) return (IResult)LabProblems.WrongTelemetryType.With(http.Request.ContentType);

        try
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BodyBytesMax + 1);
            try
            {
                int length = await ReadAsync(http, buffer);
                if (length > BodyBytesMax) return LabProblems.TelemetryTooLarge.With(BodyBytesMax);

                take(plane.Lab.Telemetry, buffer.AsSpan(0, length));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        catch (Exception error) when (error is MalformedException or InvalidDataException)
        {
            return LabProblems.Unreadable.With($"the body is no OTLP message: {error.Message}");
        }

        return Results.Bytes([], MediaType); // An empty reply message: everything was taken.
    }).WithMetadata(new RequestSizeLimitAttribute(BodyBytesMax)).ExcludeFromDescription();

    private static async Task<int> ReadAsync(HttpContext http, byte[] buffer)
    {
        await using Stream body = http.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(http.Request.Body, CompressionMode.Decompress) : http.Request.Body;
        return await body.ReadAtLeastAsync(buffer.AsMemory(0, BodyBytesMax + 1), BodyBytesMax + 1, throwOnEndOfStream: false, http.RequestAborted);
    }
}
