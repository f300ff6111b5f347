using System.Collections.Immutable;
using Faultline.Protocol.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Anomalies.Hosting.Control;

/// <summary>What fired, when, and on which message; page by page with the last id as the next <c>after</c>.</summary>
internal static class ListFirings
{
    private const int LimitUsual = 100;
    private const int LimitMax = 1_000;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/anomalies/firings", Handle).WithName("ListFirings").WithSummary("What fired, when, and on which message, oldest first")
        .Produces<ImmutableArray<Firing>>().ProducesProblem(StatusCodes.Status400BadRequest);

    // Numbers are read as texts, or a wrong one would be answered by the framework without a word on what is allowed.
    private static async Task<Results<JsonHttpResult<ImmutableArray<Firing>>, ProblemHttpResult>> Handle(string? after, string? limit, ControlPanel panel, CancellationToken stop)
    {
        List<ControlProblemFound> problems = [];
        long from = ControlReplies.Whole("after", after, usual: 0, min: 0, long.MaxValue, problems);
        long count = ControlReplies.Whole("limit", limit, LimitUsual, min: 1, LimitMax, problems);
        return problems.Count > 0 ? ControlReplies.Problem([.. problems]) : ControlReplies.Json(await panel.ListFiringsAsync(from, (int)count, stop));
    }
}
