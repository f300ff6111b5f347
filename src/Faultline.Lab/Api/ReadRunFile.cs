using Faultline.Lab.Control;
using Faultline.Verification.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>GET /api/runs/{id}/summary and /api/runs/{id}/files/{name}: what came out of a run.</summary>
internal static class ReadRunFile
{
    private const string Text = "text/plain";

    // A report shows what messages held: it runs no script, and is not taken for a page of the lab.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/runs/{id}/summary", Summary).WithName("ReadRunSummary").WithTags("runs").WithSummary("The summary for people; ?colours=true gives it with ANSI colours")
            .Produces<string>(StatusCodes.Status200OK, Text).ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet("/runs/{id}/files/{name}", Handle).WithName("ReadRunFile").WithTags("runs").WithSummary("A file of the report: report.html, report.json, junit.xml, history.jsonl, experiment.yaml, replay.yaml")
            .Produces<byte[]>(StatusCodes.Status200OK, "application/octet-stream").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult Summary(string id, bool? colours, ControlPlane plane) => Runs.With(id, plane, run =>
        run.Summary(colours ?? false) is { } summary ? Results.Text(summary, $"{Text}; charset=utf-8") : LabProblems.NoRunFile.With(id, "summary", AllOf(run.Files)));

    private static IResult Handle(string id, string name, HttpContext http, ControlPlane plane) => Runs.With(id, plane, run =>
    {
        if (!run.Files.Contains(name)) return LabProblems.NoRunFile.With(id, name, AllOf(run.Files));

        return Send(http, Path.Combine(run.Folder, name), name, keepAs: null);
    });

    /// <summary>Sends a file of a report.</summary>
    /// <param name="http">To whom.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="name">A name from <see cref="ReportFiles"/>.</param>
    /// <param name="keepAs">Under which name a browser is to keep it; null to show it.</param>
    public static IResult Send(HttpContext http, string path, string name, string? keepAs)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.PhysicalFile(path, MediaTypeOf(name), keepAs);
    }

    private static string AllOf(IReadOnlyList<string> files) => files.Count == 0 ? "none yet" : string.Join(", ", files);

    private static string MediaTypeOf(string name) => name switch
    {
        ReportFiles.HtmlName => "text/html; charset=utf-8",
        ReportFiles.JsonName => "application/json",
        ReportFiles.JUnitName => "application/xml",
        ReportFiles.HistoryName => ReadRunLines.MediaType,
        _ => "application/yaml",
    };
}
