using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Faultline.Anomalies.Hosting.Control;

/// <summary>Reads the JSON body of a control request: small, without doubled members, and with a helpful word when it is none.</summary>
public static class ControlBody
{
    private const int BytesMax = 64 * 1024;
    private const int DepthMax = 16;

    /// <summary>Reads it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>The body, or what is wrong with it.</returns>
    public static async Task<(JsonElement Json, ControlProblemFound? Problem)> ReadAsync(HttpRequest request, CancellationToken stop)
    {
        byte[] buffer = new byte[BytesMax + 1];
        int count = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop);
        if (count == 0) return (default, ControlProblems.NotAnObject.At(string.Empty, "it is empty"));
        if (count > BytesMax) return (default, ControlProblems.NotAnObject.At(string.Empty, $"it has more than {BytesMax} bytes"));

        try
        {
            using JsonDocument document = JsonDocument.Parse(buffer.AsMemory(0, count), new JsonDocumentOptions { MaxDepth = DepthMax, AllowDuplicateProperties = false });
            return (document.RootElement.Clone(), null);
        }
        catch (JsonException error)
        {
            return (default, ControlProblems.NotAnObject.At(string.Empty, error.Message));
        }
    }
}
