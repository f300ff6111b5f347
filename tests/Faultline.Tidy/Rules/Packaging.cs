using System.Text.RegularExpressions;
using System.Xml.Linq;
using Faultline.Tidy.Sources;

namespace Faultline.Tidy.Rules;

/// <summary>Every project is built, locked, and restores from wherever its user restores from.</summary>
internal static partial class Packaging
{
    public static IEnumerable<string> Unlocked(IEnumerable<ProjectFile> projects, Func<string, bool> exists) =>
        projects.Where(project => !exists(project.Folder + "/packages.lock.json")).Select(project => $"{project.Path} has no packages.lock.json beside it");

    public static IEnumerable<string> OutsideSolution(SourceFile solution, IEnumerable<ProjectFile> projects)
    {
        HashSet<string> listed = [.. XDocument.Parse(solution.Text).Descendants("Project").Select(project => (string?)project.Attribute("Path") ?? "")];
        HashSet<string> there = [.. projects.Select(project => project.Path)];
        return there.Except(listed).Select(path => $"{path} is not in {solution.Path}")
            .Concat(listed.Except(there).Select(path => $"{solution.Path} lists {path}, which does not exist"));
    }

    public static IEnumerable<string> RegistryHosts(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Name is "packages.lock.json" or "package-lock.json" or ".npmrc" or "nuget.config" or "NuGet.Config"
        from line in file.Lines.Index()
        where Host().IsMatch(line.Item) || (file.Name != "package-lock.json" && line.Item.Contains("://"))
        select $"{file.At(line.Index)} names a registry: {line.Item.Trim()}";

    [GeneratedRegex(@"""resolved""\s*:\s*""\w+://", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Host();
}
