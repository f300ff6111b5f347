using Faultline.Tidy.Sources;

namespace Faultline.Tidy.Rules;

/// <summary>The root is a table of contents: what lies there, and which types of file there are, is a list that people agree on.</summary>
internal static class RootAndTypes
{
    public const int VisibleMax = 16;

    private static readonly HashSet<string> NamesWithoutType = ["LICENSE", "NOTICE", "Dockerfile", ".gitignore", ".gitattributes", ".editorconfig", ".dockerignore", ".npmrc"];

    public static IEnumerable<string> UnknownEntries(IEnumerable<string> entries, TidySettings settings) =>
        entries.Where(entry => !settings.RootEntries.Contains(entry)).Select(entry => $"{entry} does not belong at the root; allowed is what eng/tidy.json lists");

    public static IEnumerable<string> Crowd(IEnumerable<string> entries)
    {
        string[] visible = [.. entries.Where(entry => !entry.StartsWith('.'))];
        if (visible.Length > VisibleMax) yield return $"the root has {visible.Length} visible entries, at most {VisibleMax}: {string.Join(", ", visible.Order(StringComparer.Ordinal))}";
    }

    public static IEnumerable<string> UnknownTypes(IEnumerable<SourceFile> files, TidySettings settings) =>
        from file in files
        where !NamesWithoutType.Contains(file.Name) && !settings.FileTypes.Contains(file.Extension) && !IsCommand(file)
        select $"{file.Path}: files of type '{file.Extension}' are not in the list of eng/tidy.json";

    // A command has no type in its name and says in its first line who runs it.
    private static bool IsCommand(SourceFile file) => file.Extension.Length == 0 && file.Text.StartsWith("#!", StringComparison.Ordinal);
}
