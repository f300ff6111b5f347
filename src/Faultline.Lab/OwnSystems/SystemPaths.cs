using Faultline.Verification.Experiments;

namespace Faultline.Lab.OwnSystems;

/// <summary>The paths by which an experiment file names systems of the user's own.</summary>
public static class SystemPaths
{
    private static readonly string[] Endings = [".yaml", ".yml", ".json"];

    /// <summary>Whether a name is the path of a file and not the name of a system.</summary>
    /// <param name="name">As a person writes it.</param>
    public static bool IsPath(string name) => name.Contains('/', StringComparison.Ordinal) || Endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>The paths in a file that lead to known systems, each with the name of its system.</summary>
    /// <param name="text">The text of the experiment file.</param>
    /// <param name="folder">The folder from which its paths go; null when it is not known.</param>
    /// <param name="systems">The systems: name, and full path of the file of each.</param>
    public static IReadOnlyDictionary<string, string> In(string text, string? folder, IEnumerable<(string Name, string? File)> systems)
    {
        var paths = new Dictionary<string, string>();
        (string Name, string? File)[] own = [.. systems.Where(system => system.File is not null)];
        if (own.Length == 0) return paths;

        foreach (string path in ExperimentReader.SystemsNamed(text).Where(IsPath))
        {
            if (own.FirstOrDefault(system => system.File == FullPath(path, folder)) is { Name: { } name }) paths[path] = name;
        }

        return paths;
    }

    /// <summary>A path as a file means it.</summary>
    /// <param name="path">As written.</param>
    /// <param name="folder">The folder of the file; null when it is not known.</param>
    public static string FullPath(string path, string? folder) => folder is null ? path : Path.GetFullPath(path, folder);
}
