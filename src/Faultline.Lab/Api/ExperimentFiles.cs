using Faultline.Lab.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>An experiment file of the user.</summary>
/// <param name="Path">Where it is below the folder of experiments.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="ChangedAt">When it was last changed.</param>
public sealed record ExperimentFile(string Path, long Bytes, DateTimeOffset ChangedAt);

/// <summary>GET /api/experiments: the files in the folder experiments/ beside .faultline; GET /api/experiments/text?path=: one of them. Its text goes to POST /api/runs as it is.</summary>
internal static class ExperimentFiles
{
    private const string Folder = "experiments";
    private const int FilesMax = 500, BytesMax = 4 << 20;

    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/experiments", List).WithName("ListExperimentFiles").WithTags("runs").WithSummary("The experiment files in the folder 'experiments' beside .faultline");
        routes.MapGet("/experiments/text", Read).WithName("ReadExperimentFile").WithTags("runs").WithSummary("The text of an experiment file (?path=), to be sent to POST /api/runs")
            .Produces<string>(StatusCodes.Status200OK, "text/plain").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static Ok<IReadOnlyList<ExperimentFile>> List(ControlPlane plane) => TypedResults.Ok<IReadOnlyList<ExperimentFile>>([.. All(plane)]);

    private static IResult Read(string? path, ControlPlane plane) => All(plane).Any(file => file.Path == path)
        ? Results.Text(File.ReadAllText(Path.Combine(RootOf(plane), path!)), "text/plain; charset=utf-8")
        : LabProblems.UnknownExperimentFile.With(path);

    private static IEnumerable<ExperimentFile> All(ControlPlane plane)
    {
        string root = RootOf(plane);
        if (!Directory.Exists(root)) return [];

        // No links are followed: what lies elsewhere is not in this folder.
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden };
        return new DirectoryInfo(root).EnumerateFiles("*", options).Where(file => Extensions.Contains(file.Extension) && file.Length <= BytesMax).OrderBy(file => file.FullName, StringComparer.Ordinal).Take(FilesMax)
            .Select(file => new ExperimentFile(Path.GetRelativePath(root, file.FullName).Replace('\\', '/'), file.Length, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero)));
    }

    private static string RootOf(ControlPlane plane) => Path.Combine(plane.Lab.Folder.Root, Folder);
}
