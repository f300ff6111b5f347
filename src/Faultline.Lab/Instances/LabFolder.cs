using System.Globalization;
using System.Text.RegularExpressions;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;

namespace Faultline.Lab.Instances;

/// <summary>The folder of one lab, <c>.faultline/labs/&lt;name&gt;</c>, held exclusively while the lab lives.</summary>
/// <remarks>The lock lies beside the folders (<c>.faultline/locks</c>), because an ephemeral folder is deleted while it is held.</remarks>
public sealed partial class LabFolder : IAsyncDisposable
{
    private const int RunsMax = 1_000;
    private static readonly TimeSpan SweepLimit = TimeSpan.FromSeconds(30);

    private readonly LockFile _lock;

    private LabFolder(string root, string name, LockFile taken)
    {
        _lock = taken;
        Root = root;
        Name = name;
        Path = System.IO.Path.Combine(LabsFolder(root), name);
        Processes = new ProcessLedger(System.IO.Path.Combine(Path, "processes.jsonl"));
        Disruptions = new DisruptionLedger(System.IO.Path.Combine(Path, "disruptions.json"));
    }

    /// <summary>The folder that holds <c>.faultline</c>.</summary>
    public string Root { get; }

    /// <summary>The lab's name: a port such as <c>21000</c>, or <c>run-1</c>.</summary>
    public string Name { get; }

    /// <summary>Where everything of this lab lies.</summary>
    public string Path { get; }

    /// <summary>Whether the folder is deleted when the lab ends: a run leaves nothing but its report.</summary>
    public bool IsEphemeral => IsRun(Name);

    internal ProcessLedger Processes { get; }

    internal DisruptionLedger Disruptions { get; }

    /// <summary>Takes the folder of a lab with a name; fails with one sentence when another lab runs in it.</summary>
    public static async Task<LabFolder> OpenAsync(string root, string name, TimeProvider time, CancellationToken stop)
    {
        if (!NamePattern().IsMatch(name)) throw new LabException($"'{name}' is no name for a lab; use 1 to 40 lower-case letters, digits and hyphens.");

        // A lab that sweeps holds the lock for a moment; a lab that runs holds it for long.
        string path = LockPath(root, name);
        LockFile? taken = await LockFile.TakeAsync(path, Note("lab"), SweepLimit, note => !note.StartsWith("lab ", StringComparison.Ordinal), time, stop);
        return taken is null
            ? throw new LabException($"Lab '{name}' runs already ({LockFile.NoteOf(path)} of {root}); stop it, or start this one on another port.")
            : await CreateAsync(new LabFolder(root, name, taken));
    }

    /// <summary>Takes the first free folder among <c>run-1</c>, <c>run-2</c>, ...</summary>
    public static async Task<LabFolder> OpenRunAsync(string root)
    {
        for (int number = 1; number <= RunsMax; number++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"run-{number}");
            if (LockFile.TryTake(LockPath(root, name), Note("lab")) is { } taken) return await CreateAsync(new LabFolder(root, name, taken));
        }

        throw new LabException($"{RunsMax} runs are under way in {root}; wait until one has ended.");
    }

    /// <summary>Gives the folder up; an ephemeral one is deleted first.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (IsEphemeral && Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
        }
        finally
        {
            await _lock.DisposeAsync();
        }
    }

    internal static IReadOnlyList<string> Names(string root) => Directory.Exists(LabsFolder(root))
        ? [.. Directory.EnumerateDirectories(LabsFolder(root)).Select(folder => System.IO.Path.GetFileName(folder)!).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Takes the folder in order to clean it; null when its lab runs, or another lab cleans it.</summary>
    internal static async Task<LabFolder?> TryOpenForSweepAsync(string root, string name)
    {
        if (LockFile.TryTake(LockPath(root, name), Note("sweep")) is not { } taken) return null;

        LabFolder folder = new(root, name, taken);
        if (Directory.Exists(folder.Path)) return folder;

        await taken.DisposeAsync(); // Another lab has cleaned and deleted it since the folders were listed.
        return null;
    }

    internal static string LockPath(string root, string name) => System.IO.Path.Combine(root, ".faultline", "locks", name + ".lock");

    private static async Task<LabFolder> CreateAsync(LabFolder folder)
    {
        try
        {
            Directory.CreateDirectory(folder.Path);
            return folder;
        }
        catch
        {
            await folder._lock.DisposeAsync(); // Nobody else has it, and the name would stay taken.
            throw;
        }
    }

    private static string LabsFolder(string root) => System.IO.Path.Combine(root, ".faultline", "labs");

    private static string Note(string purpose) => string.Create(CultureInfo.InvariantCulture, $"{purpose} {Environment.ProcessId}");

    private static bool IsRun(string name) => RunPattern().IsMatch(name);

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")]
    private static partial Regex NamePattern();

    [GeneratedRegex("^run-[0-9]+$")]
    private static partial Regex RunPattern();
}
