using Faultline.Lab.Control;
using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>Everything that was taken away.</summary>
/// <param name="Removed">How many faults.</param>
/// <param name="Problems">What could not be taken away, and why; empty when all is.</param>
public sealed record FaultsCleared(int Removed, IReadOnlyList<string> Problems);

/// <summary>POST /api/faults/clear: takes every fault away, on every layer, and waits until everything is back.</summary>
internal static class ClearFaults
{
    private sealed record Cleared(int Count);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/faults/clear", HandleAsync).WithName("ClearFaults").WithTags("map")
        .WithSummary("Takes every fault away: anomalies, faults on links, partitions, the disruptor, and what is down on purpose; guards stay as they are").ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<FaultsCleared>, ProblemHttpResult>> HandleAsync(ServiceDoor door, CancellationToken stop)
    {
        ControlPlane plane = door.Plane;
        if (plane.Runs.Current is { } run) return LabProblems.RunUnderWay.With($"run {run.Id} ({run.Plan.What}) is under way and its faults are its own; cancel it with DELETE /api/runs/{run.Id}, or wait for its end");

        List<string> problems = [];
        int removed = 0;

        // The disruptor first, or it goes on taking things down; then processes, because what is down cannot be asked for its anomalies.
        if (plane.Disruptor.View().IsRunning)
        {
            await plane.Disruptor.StopAsync();
            removed++;
        }

        removed += await plane.Links.RemoveAsync(name: null);
        try
        {
            removed += (await plane.Lab.Disruptor.HealAllAsync(stop)).Count;
        }
        catch (LabException error)
        {
            problems.Add(error.Message);
        }

        foreach (ServiceClient client in door.Clients)
        {
            Cleared? cleared = await door.TryAsync(async limited => new Cleared(await ClearAsync(client, limited)), ServiceDoor.AnswerLimit, stop);
            if (cleared is null) problems.Add($"{client.Service} does not answer, so its anomalies may still be set");
            removed += cleared?.Count ?? 0;
        }

        return TypedResults.Ok(new FaultsCleared(removed, problems));
    }

    private static async Task<int> ClearAsync(ServiceClient client, CancellationToken stop)
    {
        int count = (await client.AnomaliesAsync(stop)).Count;
        if (count > 0) await client.ClearAsync(stop);
        return count;
    }
}
