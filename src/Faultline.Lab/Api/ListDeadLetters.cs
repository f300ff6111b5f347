using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>GET /api/deadletters: the dead letters of all services; GET /api/services/{system}/{service}/deadletters/{id}: one of them.</summary>
internal static class ListDeadLetters
{
    private const int IdsShownMax = 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/deadletters", HandleAsync).WithName("ListDeadLetters").WithTags("deadletters").WithSummary("The dead letters of all services, newest first");
        routes.MapGet("/services/{system}/{service}/deadletters/{id:long}", ReadAsync).WithName("ReadDeadLetter").WithTags("deadletters").WithSummary("One dead letter, with reason, history and body")
            .Produces<DeadLetterView>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IReadOnlyList<DeadLetterView>> HandleAsync(ServiceDoor door, HttpContext http) =>
        [.. (await door.AskAllAsync(http, (client, stop) => client.DeadLettersAsync(stop))).OrderByDescending(letter => letter.At)];

    private static Task<IResult> ReadAsync(string system, string service, long id, ServiceDoor door, CancellationToken stop) => door.AskAsync($"{system}/{service}", async (client, limited) =>
    {
        IReadOnlyList<DeadLetterView> letters = await client.DeadLettersAsync(limited);
        if (letters.FirstOrDefault(letter => letter.Id == id) is { } found) return TypedResults.Ok(found);

        string has = letters.Count == 0 ? "none" : string.Join(", ", letters.Take(IdsShownMax).Select(letter => letter.Id)) + (letters.Count > IdsShownMax ? ", ..." : "");
        return LabProblems.NoSuchDeadLetter.With(client.Service, id, has);
    }, stop);
}
