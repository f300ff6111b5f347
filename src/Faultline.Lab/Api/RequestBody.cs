using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Faultline.Lab.Api;

/// <summary>Reads a body that goes on to a service.</summary>
internal static class RequestBody
{
    private const int BytesMax = 64 * 1024;

    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken stop)
    {
        byte[] buffer = new byte[BytesMax + 1]; // One too many is for the service to refuse, in its own words.
        int count = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop);
        return buffer[..count];
    }

    /// <summary>The object that a body holds, or why it holds none.</summary>
    public static (JsonObject? Json, string? Problem) Parse(byte[] body)
    {
        if (body.Length == 0) return (null, "it is empty");
        if (body.Length > BytesMax) return (null, $"it has more than {BytesMax} bytes");

        try
        {
            // Doubled members are refused, so that lab and service cannot read two different things.
            return JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) is JsonObject json ? (json, null) : (null, "it is another kind of value");
        }
        catch (JsonException error)
        {
            return (null, error.Message);
        }
    }
}
