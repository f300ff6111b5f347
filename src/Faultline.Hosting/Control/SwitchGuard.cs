using System.Text.Json;
using Faultline.Anomalies;
using Faultline.Anomalies.Hosting.Control;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Hosting.Control;

/// <summary>Switches a guard on all instances, at once.</summary>
internal static class SwitchGuard
{
    private static readonly string[] Members = ["on"];

    /// <summary>The request.</summary>
    /// <param name="On">Whether it protects.</param>
    public sealed record Request(bool On);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPut("/guards/{name}", Handle).WithName("SwitchGuard").WithSummary("Switches a guard on all instances")
        .Accepts<Request>("application/json").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<GuardState>, ProblemHttpResult>> Handle(string name, HttpRequest request, ControlPanel panel, ServiceDescription service, CancellationToken stop)
    {
        if (service.Guards.All(guard => guard.Name != name))
        {
            return ControlReplies.Problem(ControlProblems.UnknownGuard.At("name", service.Service, name, string.Join(", ", service.Guards.Select(guard => guard.Name))));
        }

        (JsonElement json, ControlProblemFound? noJson) = await ControlBody.ReadAsync(request, stop);
        if (noJson is not null) return ControlReplies.Problem(noJson);

        List<ControlProblemFound> problems = [];
        var fields = new JsonFields(json, string.Empty, problems, Members);
        bool? on = fields.Bool("on");
        if (on is null && problems.Count == 0) problems.Add(ControlProblems.Missing.At("on", "on", "true or false"));
        return problems.Count > 0 || on is null ? ControlReplies.Problem([.. problems]) : TypedResults.Ok(await panel.SwitchAsync(name, on.Value, stop));
    }
}
