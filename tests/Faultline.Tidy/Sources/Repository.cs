namespace Faultline.Tidy.Sources;

/// <summary>What lies in the repository now, read once. Build output, packages and the lab's own folder are not part of it.</summary>
internal static class Repository
{
    private static readonly HashSet<string> SkippedFolders = [".git", ".vs", ".idea", ".faultline", "bin", "obj", "node_modules", "dist", "TestResults", "BenchmarkDotNet.Artifacts"];
    private static readonly HashSet<string> BinaryTypes = [".png", ".ttf", ".woff2", ".ico", ".pdf", ".gz"];
    private static readonly Lazy<IReadOnlyList<SourceFile>> AllFiles = new(Read);

    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    public static IReadOnlyList<SourceFile> Files => AllFiles.Value;

    public static IEnumerable<SourceFile> Code => Files.Where(file => file.IsCSharp);

    /// <summary>Code that ships: no tests, no benchmarks.</summary>
    public static IEnumerable<SourceFile> ProductCode => Code.Where(file => file.IsUnder("src") || file.IsUnder("systems"));

    public static IEnumerable<SourceFile> Projects => Files.Where(file => file.IsProject);

    public static IEnumerable<SourceFile> Documents => Files.Where(file => file.Extension == ".md" && file.Name != "CHANGELOG.md");

    /// <summary>Names of what lies at the root, without what is never committed.</summary>
    public static IEnumerable<string> RootEntries =>
        Directory.EnumerateFileSystemEntries(Root).Select(entry => Path.GetFileName(entry)).Where(name => !SkippedFolders.Contains(name));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    public static SourceFile File(string path) =>
        Files.FirstOrDefault(file => file.Path == path) ?? throw new InvalidOperationException($"The repository has no file {path}.");

    private static string FindRoot(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Faultline.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {start} holds Faultline.slnx.");
    }

    private static List<SourceFile> Read()
    {
        var found = new List<SourceFile>();
        var open = new Stack<string>([Root]);
        while (open.TryPop(out string? folder))
        {
            foreach (string child in Directory.EnumerateDirectories(folder).Where(child => !SkippedFolders.Contains(Path.GetFileName(child)))) open.Push(child);
            // In a worktree `.git` is a file.
            foreach (string file in Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file) != ".git"))
            {
                string text = BinaryTypes.Contains(Path.GetExtension(file)) ? "" : System.IO.File.ReadAllText(file);
                found.Add(new SourceFile(Path.GetRelativePath(Root, file).Replace('\\', '/'), text));
            }
        }

        return [.. found.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }
}
