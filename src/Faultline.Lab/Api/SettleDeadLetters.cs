using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>One dead letter of one service.</summary>
/// <param name="Service">As <c>system/service</c>.</param>
/// <param name="Id">Its id there.</param>
public sealed record DeadLetterName(string? Service, long Id);

/// <summary>Which dead letters: some, or all.</summary>
/// <param name="Letters">Some, of any services.</param>
/// <param name="All">All of them.</param>
/// <param name="Service">With all: only of this service.</param>
public sealed record DeadLettersChosen(IReadOnlyList<DeadLetterName>? Letters, bool? All, string? Service);

/// <summary>What became of them.</summary>
/// <param name="Count">How many were settled.</param>
/// <param name="Problems">What could not be done, and why; empty when all was.</param>
public sealed record DeadLettersSettled(int Count, IReadOnlyList<string> Problems);

/// <summary>POST /api/deadletters/replay and /discard: dead letters of many services at once.</summary>
internal static class SettleDeadLetters
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "replay", "ReplayDeadLettersOfAll", "Puts dead letters of any services back", (client, ids, stop) => client.ReplayAsync(ids, stop));
        Map(routes, "discard", "DiscardDeadLettersOfAll", "Discards dead letters of any services", (client, ids, stop) => client.DiscardAsync(ids, stop));
    }

    private static void Map(IEndpointRouteBuilder routes, string verb, string name, string summary, Func<ServiceClient, IReadOnlyList<long>, CancellationToken, Task<int>> settle) =>
        routes.MapPost($"/deadletters/{verb}", (DeadLettersChosen chosen, ServiceDoor door, CancellationToken stop) => HandleAsync(chosen, door, settle, stop)).WithName(name).WithTags("deadletters").WithSummary(summary)
            .Produces<DeadLettersSettled>().ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<IResult> HandleAsync(DeadLettersChosen chosen, ServiceDoor door, Func<ServiceClient, IReadOnlyList<long>, CancellationToken, Task<int>> settle, CancellationToken stop)
    {
        bool all = chosen.All == true;
        if (all == chosen.Letters is { Count: > 0 }) return LabProblems.OutOfRange.With("letters", chosen.Letters is null ? null : "a list", "a list of { service, id }, or left out with \"all\": true; one of the two");

        string[] named = all ? chosen.Service is { } only ? [only] : [.. door.Clients.Select(client => client.Service)] : [.. chosen.Letters!.Select(letter => letter.Service ?? "").Distinct()];
        if (named.FirstOrDefault(service => !door.Services.Contains(service)) is { } unknown) return LabProblems.OutOfRange.With("service", unknown, $"one of: {string.Join(", ", door.Services)}");

        int count = 0;
        List<string> problems = [];
        foreach (string service in named)
        {
            long[] ids = all ? [] : [.. chosen.Letters!.Where(letter => letter.Service == service).Select(letter => letter.Id)];
            try
            {
                ServiceClient client = door.Plane.FindClient(service) ?? throw new LabException($"{service} does not run");
                int settled = await settle(client, ids, stop);
                count += settled;
                if (settled < ids.Length) problems.Add($"{service}: {ids.Length - settled} of {ids.Length} are not there any more, or cannot be read as a message");
            }
            catch (Exception error) when (error is LabException or ServiceRefusedException)
            {
                problems.Add($"{service}: {error.Message}"); // The others are settled all the same.
            }
        }

        return TypedResults.Ok(new DeadLettersSettled(count, problems));
    }
}
