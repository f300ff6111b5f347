using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Faultline.Hosting.Control;

/// <summary>The queries that a service lets a lab run, by name.</summary>
/// <param name="Queries">SQL by name.</param>
internal sealed record ServiceFacts(IReadOnlyDictionary<string, string> Queries);

/// <summary>GET /facts/{name}: rows of the service's state, one JSON object a line. Read-only.</summary>
internal static class ReadFacts
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/facts/{name}", HandleAsync);

    private static async Task<IResult> HandleAsync(string name, [FromServices] ServiceFacts facts, [FromServices] ServiceBackend backend, HttpContext http)
    {
        if (!facts.Queries.TryGetValue(name, out string? query))
        {
            return Http.Problems.Of(StatusCodes.Status404NotFound, "facts.unknown", $"this service has no facts '{name}'; it has: {string.Join(", ", facts.Queries.Keys)}");
        }

        http.Response.ContentType = "application/x-ndjson";
        await using NpgsqlConnection connection = await backend.Watch.OpenConnectionAsync(http.RequestAborted);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, http.RequestAborted);
        await using var read = new NpgsqlCommand($"set transaction read only; select to_jsonb(fact)::text from ({query}) fact", connection, transaction);
        await using NpgsqlDataReader rows = await read.ExecuteReaderAsync(http.RequestAborted);
        while (await rows.ReadAsync(http.RequestAborted)) await http.Response.WriteAsync(rows.GetString(0) + "\n", http.RequestAborted);
        return Results.Empty;
    }
}
