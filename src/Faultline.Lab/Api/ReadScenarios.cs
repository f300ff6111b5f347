using Faultline.Lab.Control;
using Faultline.Verification.Scenarios;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>GET /api/scenarios and /api/scenarios/{id}: stories to play; every step is a request of this API.</summary>
internal static class ReadScenarios
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/scenarios", List).WithName("ListScenarios").WithTags("scenarios").WithSummary("The stories of the systems that this lab can run; ?system= for one of them");
        routes.MapGet("/scenarios/{id}", Read).WithName("ReadScenario").WithTags("scenarios").WithSummary("One story, with the requests of its steps").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IEnumerable<Scenario> All(ControlPlane plane) => plane.Known.SelectMany(spec => spec.Checks.Scenarios);

    private static Ok<IReadOnlyList<Scenario>> List(string? system, ControlPlane plane) => TypedResults.Ok<IReadOnlyList<Scenario>>([.. All(plane).Where(scenario => system is null || scenario.System == system)]);

    private static Results<Ok<Scenario>, ProblemHttpResult> Read(string id, ControlPlane plane) => All(plane).FirstOrDefault(scenario => scenario.Id == id) is { } scenario
        ? TypedResults.Ok(scenario)
        : LabProblems.UnknownScenario.With(id, string.Join(", ", All(plane).Select(known => known.Id)));
}
