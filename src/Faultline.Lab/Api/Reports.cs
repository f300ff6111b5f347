using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>Runs beside each other.</summary>
/// <param name="Runs">The runs, in the order in which they were named.</param>
/// <param name="Rows">Every experiment that one of them has.</param>
public sealed record ReportComparison(IReadOnlyList<ReportItem> Runs, IReadOnlyList<ReportRow> Rows);

/// <summary>One experiment in several runs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its title.</param>
/// <param name="Cells">What came out, one for each run; null where a run does not have it.</param>
public sealed record ReportRow(string Name, string Title, IReadOnlyList<ReportCell?> Cells);

/// <summary>GET /api/reports: the runs of the past, from this lab and from the command line; their files, and several beside each other.</summary>
internal static class Reports
{
    private const int LimitUsual = 100, LimitMax = 1_000, ComparedMax = 6;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/reports", List).WithName("ListReports").WithTags("reports").WithSummary("The runs of the past, newest first, as long as their folders are there; also those of the command line")
            .Produces<IReadOnlyList<ReportItem>>().ProducesProblem(StatusCodes.Status400BadRequest);
        routes.MapGet("/reports/compare", Compare).WithName("CompareReports").WithTags("reports").WithSummary("Up to six runs beside each other, experiment by experiment (?ids=, separated by commas)")
            .Produces<ReportComparison>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet("/reports/{id}", Read).WithName("ReadReport").WithTags("reports").WithSummary("One run of the past, experiment by experiment")
            .Produces<ReportComparison>().ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet("/reports/{id}/files/{name}", File).WithName("ReadReportFile").WithTags("reports").WithSummary("A file of a report; ?download=true to keep it")
            .Produces<byte[]>(StatusCodes.Status200OK, "application/octet-stream").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult List(string? limit, ReportFolder reports) => Numbers.TryRead(limit, LimitUsual, 1, LimitMax, out int count)
        ? TypedResults.Ok(reports.Newest(count))
        : LabProblems.OutOfRange.With("limit", limit, $"a whole number from 1 to {LimitMax}");

    private static IResult Read(string id, ReportFolder reports) => Side([id], reports);

    private static IResult Compare(string? ids, ReportFolder reports)
    {
        string[] named = [.. (ids ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];
        return named.Length is < 1 or > ComparedMax ? LabProblems.OutOfRange.With("ids", ids, $"1 to {ComparedMax} reports, separated by commas") : Side(named, reports);
    }

    private static IResult Side(string[] ids, ReportFolder reports)
    {
        var runs = new List<(ReportItem Item, IReadOnlyList<ReportCell> Cells)>();
        foreach (string id in ids)
        {
            if (reports.Find(id) is not { } found) return LabProblems.UnknownReport.With(id);
            runs.Add(found);
        }

        IEnumerable<ReportRow> rows = runs.SelectMany(run => run.Cells).DistinctBy(cell => cell.Name)
            .Select(cell => new ReportRow(cell.Name, cell.Title, [.. runs.Select(run => run.Cells.FirstOrDefault(each => each.Name == cell.Name))]));
        return TypedResults.Ok(new ReportComparison([.. runs.Select(run => run.Item)], [.. rows]));
    }

    private static IResult File(string id, string name, bool? download, HttpContext http, ReportFolder reports)
    {
        if (reports.Find(id) is not { } found) return LabProblems.UnknownReport.With(id);
        if (reports.FileOf(id, name) is not { } path) return LabProblems.NoReportFile.With(id, name, string.Join(", ", found.Item.Files));

        return ReadRunFile.Send(http, path, name, download == true ? $"{id}-{name}" : null);
    }
}
