using System.Text.Json;
using Faultline.Anomalies;
using Faultline.Anomalies.Hosting.Control;
using Faultline.Protocol;
using Faultline.Protocol.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Hosting.Control;

/// <summary>GET /ledger: everything that the service's database states about messages, one JSON object a line; with <c>after</c> only what came after a position of the audit. Read-only.</summary>
internal static class ReadLedger
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/ledger", HandleAsync);

    private static async Task HandleAsync(HttpContext http, string? after, [FromServices] ServiceBackend backend)
    {
        List<ControlProblemFound> problems = [];
        long from = ControlReplies.Whole("after", after, usual: 0, min: 0, long.MaxValue, problems);
        if (problems.Count > 0)
        {
            await ControlReplies.Problem([.. problems]).ExecuteAsync(http);
            return;
        }

        http.Response.ContentType = "application/x-ndjson";
        byte[] end = "\n"u8.ToArray();
        int rows = 0;
        await foreach (LedgerRow row in backend.Ledger(from, http.RequestAborted))
        {
            JsonSerializer.Serialize(new Utf8JsonWriter(http.Response.BodyWriter), row, ProtocolJson.Options);
            await http.Response.BodyWriter.WriteAsync(end, http.RequestAborted);
            if (++rows % 500 == 0) await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }
    }
}
