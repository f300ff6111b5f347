using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Running;
using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Hosting.Control;

/// <summary>GET /deadletters, POST /deadletters/replay, POST /deadletters/discard, POST /deadletters/{id}/replay with another body: many at once; ids, or <c>"all": true</c>.</summary>
internal static class DeadLetters
{
    private const int LettersMax = 1_000;

    public sealed record Choice(IReadOnlyList<long>? Ids = null, bool? All = null);

    public sealed record Done(int Count);

    public sealed record Edit(string? Body = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/deadletters", ([FromServices] ServiceBackend backend, HttpContext http) => backend.DeadLetters(LettersMax, http.RequestAborted));
        routes.MapPost("/deadletters/replay", ReplayAsync);
        routes.MapPost("/deadletters/{id:long}/replay", ReplayEditedAsync);
        routes.MapPost("/deadletters/discard", DiscardAsync);
    }

    private static async Task<IResult> ReplayAsync(Choice choice, [FromServices] ServiceBackend backend, [FromServices] MessagingCore core, HttpContext http)
    {
        if (ProblemOf(choice) is { } problem) return problem;
        int count = await backend.Replay(choice.Ids ?? [], http.RequestAborted);
        await core.TellReplayedAsync(http.RequestAborted);
        return Results.Ok(new Done(count));
    }

    private static async Task<IResult> ReplayEditedAsync(long id, Edit edit, [FromServices] ServiceBackend backend, [FromServices] MessagingCore core, HttpContext http)
    {
        if (ProblemOf(edit.Body, out byte[] body) is { } problem) return Http.Problems.Of(StatusCodes.Status400BadRequest, "deadletters.body", problem);

        int count = await backend.ReplayEdited(id, body, http.RequestAborted);
        if (count == 0) return Http.Problems.Of(StatusCodes.Status409Conflict, "deadletters.cannot-replay", $"there is no dead letter {id}, or what arrived was no message at all and has nothing to be put back as");

        await core.TellReplayedAsync(http.RequestAborted);
        return Results.Ok(new Done(count));
    }

    private static string? ProblemOf(string? text, out byte[] body)
    {
        body = System.Text.Encoding.UTF8.GetBytes(text ?? "");
        if (body.Length == 0) return "body is missing; it must be the message as JSON text";
        if (body.Length > Envelope.BodyBytesMax) return $"body has {body.Length} bytes; at most {Envelope.BodyBytesMax} travel in a message";
        try
        {
            using var json = System.Text.Json.JsonDocument.Parse(body);
            return null;
        }
        catch (System.Text.Json.JsonException error)
        {
            return $"body is no JSON: {error.Message}";
        }
    }

    private static async Task<IResult> DiscardAsync(Choice choice, [FromServices] ServiceBackend backend, HttpContext http) =>
        ProblemOf(choice) ?? Results.Ok(new Done(await backend.Discard(choice.Ids ?? [], http.RequestAborted)));

    private static IResult? ProblemOf(Choice choice) => choice is { All: true, Ids: null or { Count: 0 } } or { All: null or false, Ids.Count: > 0 }
        ? null
        : Http.Problems.Of(StatusCodes.Status400BadRequest, "deadletters.choice", "name dead letters by \"ids\", or take all of them with \"all\": true; one of the two");
}
