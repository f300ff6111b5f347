using Faultline.Lab.Problems;
using Faultline.Lab.Processes;

namespace Faultline.Lab.Systems;

/// <summary>Finds out what a user's own program is and how it is started: an address, an executable, a .NET project (which is built), or a folder with an executable named <c>run</c>.</summary>
internal sealed class StandInSource(LabInfrastructure lab, TimeProvider time)
{
    private const string RunFile = "run";
    private const int ErrorLinesMax = 10;

    /// <summary>What is wrong with a source as it was written; null when nothing can be seen.</summary>
    public static string? Problem(string source)
    {
        if (IsAddress(source, out Uri? address)) return address.IsLoopback || address.Scheme == "http" ? null : $"is '{source}'; the address must begin with http://";
        if (File.Exists(source)) return null;
        if (!Directory.Exists(source)) return $"is '{source}', and there is no such folder or file; it must be a folder, an executable, or an address like http://127.0.0.1:5000";
        return ProjectOf(source) is not null || File.Exists(Path.Combine(source, RunFile)) ? null : $"is the folder '{source}', which has neither a .csproj nor an executable named '{RunFile}'";
    }

    /// <summary>Makes it ready to start; a .NET project is built into a folder of the lab, so that the user's folder stays as it is.</summary>
    /// <exception cref="LabException">It cannot be built.</exception>
    public async Task<StandIn> PrepareAsync(string service, string source, CancellationToken stop)
    {
        if (IsAddress(source, out Uri? address)) return new StandIn { Service = service, Source = source, Address = address };

        string path = Path.GetFullPath(source);
        if (File.Exists(path)) return new StandIn { Service = service, Source = source, Executable = path, WorkingFolder = Path.GetDirectoryName(path) };
        if (ProjectOf(path) is not { } project) return new StandIn { Service = service, Source = source, Executable = Path.Combine(path, RunFile), WorkingFolder = path };

        string output = Path.Combine(lab.Folder.Path, "own", Path.GetFileNameWithoutExtension(project));
        await BuildAsync(project, output, stop);
        return new StandIn { Service = service, Source = source, Executable = Dotnet(), Arguments = [AssemblyIn(output)], WorkingFolder = path };
    }

    private static bool IsAddress(string source, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(source, UriKind.Absolute, out address) && address.Scheme is "http" or "https";

    private static string? ProjectOf(string folder) => Directory.EnumerateFiles(folder, "*.csproj").Order(StringComparer.Ordinal).FirstOrDefault();

    private async Task BuildAsync(string project, string output, CancellationToken stop)
    {
        var lines = new List<string>();
        var start = new ProcessStart(Dotnet(), ["build", project, "-c", "Release", "-o", output, "--nologo", "-v", "quiet", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-p:UseAppHost=false"], "build of the user's own service")
        {
            WorkingFolder = Path.GetDirectoryName(project),
        };
        int code = await ToolRun.RunAsync(start, lab.Folder.Processes, lines, time, stop);
        if (code == 0) return;

        IEnumerable<string> errors = lines.Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)).Distinct().DefaultIfEmpty(string.Join('\n', lines)).Take(ErrorLinesMax);
        throw new LabException($"{project} cannot be built:\n{string.Join('\n', errors)}");
    }

    private static string AssemblyIn(string output) =>
        Directory.EnumerateFiles(output, "*.runtimeconfig.json").Select(file => file.Replace(".runtimeconfig.json", ".dll", StringComparison.Ordinal)).FirstOrDefault()
        ?? throw new LabException($"The build in {output} made no program; the project must be an executable.");

    private static string Dotnet()
    {
        string[] roots = [Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "", .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)];
        return roots.Where(root => root.Length > 0).Select(root => Path.Combine(root, "dotnet")).FirstOrDefault(File.Exists)
            ?? throw new LabException("There is no 'dotnet' on the PATH; it is needed to build and run a .NET project.");
    }
}
