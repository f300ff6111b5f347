using System.Globalization;
using System.Security.Cryptography;
using Faultline.Lab.Instances;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;

namespace Faultline.Lab.Postgres;

/// <summary>The folder of one cluster in a lab: the data, the superuser's password, the port.</summary>
internal sealed class DataFolder(string folder)
{
    private static readonly TimeSpan FastLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(20);

    public string Data { get; } = Path.Combine(folder, "data");

    public string RolesPath { get; } = Path.Combine(folder, "roles.json");

    private string PasswordPath { get; } = Path.Combine(folder, "password");

    private string PortPath { get; } = Path.Combine(folder, "port");

    /// <summary>The superuser's password, made at the first call.</summary>
    public async Task<string> PasswordAsync(CancellationToken stop)
    {
        if (!File.Exists(PasswordPath)) await SafeFile.WriteSecretAsync(PasswordPath, NewPassword(), stop);
        return await File.ReadAllTextAsync(PasswordPath, stop);
    }

    /// <summary>192 random bits: guessing is hopeless, so the server need not make each login slow.</summary>
    public static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    public int RememberedPort() =>
        File.Exists(PortPath) && int.TryParse(File.ReadAllText(PortPath), NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? port : 0;

    public Task RememberPortAsync(int port, CancellationToken stop) => File.WriteAllTextAsync(PortPath, port.ToString(CultureInfo.InvariantCulture), stop);

    /// <summary>The major version of PostgreSQL that made the cluster; null when there is none.</summary>
    public async Task<int?> MadeByAsync(CancellationToken stop)
    {
        string path = Path.Combine(Data, "PG_VERSION");
        return File.Exists(path) ? int.Parse(await File.ReadAllTextAsync(path, stop), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Whether there is a cluster; fails when it is one of another major version, which cannot be read.</summary>
    public async Task<bool> IsThereAsync(PostgresInstallation installation, CancellationToken stop)
    {
        if (await MadeByAsync(stop) is not { } made) return false;

        return installation.Major == made
            ? true
            : throw new LabException($"The databases in {Data} are of PostgreSQL {made}, and PostgreSQL {installation.Version} cannot read them. Delete {Path.GetDirectoryName(folder)} to begin anew, or have PostgreSQL {made} again.");
    }

    /// <summary>Creates the cluster when there is none, and fails when there is one of another major version. It appears by a rename, so an interrupted creation is done again.</summary>
    public async Task CreateAsync(PostgresInstallation installation, PostgresUser user, ProcessLedger ledger, TimeProvider time, CancellationToken stop)
    {
        if (await IsThereAsync(installation, stop)) return;

        Directory.CreateDirectory(folder);
        string password = await PasswordAsync(stop);
        string draft = Data + ".draft";
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        CreateOwned(draft, user);
        string passwordCopy = Path.Combine(folder, "password.initdb");
        await SafeFile.WriteSecretAsync(passwordCopy, password, stop);
        user.Own(passwordCopy);
        try
        {
            List<string> output = [];
            ProcessStart start = user.Command(installation.Initdb, InitdbArguments(installation.Major, draft, passwordCopy), "initdb");
            int exitCode = await ToolRun.RunAsync(start, ledger, output, time, stop);
            if (exitCode != 0) throw new LabException($"PostgreSQL could not create a cluster in {Data} (exit code {exitCode}): {string.Join(' ', output.TakeLast(5))}");
        }
        finally
        {
            File.Delete(passwordCopy);
        }

        Directory.Move(draft, Data);
    }

    /// <summary>Ends what still runs on the data: the server of a lab that was killed, or the remains of a server that was.</summary>
    /// <returns>How many processes there were.</returns>
    public async Task<int> EndLeftoversAsync(TimeProvider time, CancellationToken stop)
    {
        if (!Directory.Exists(Data)) return 0;

        IReadOnlyList<ProcessIdentity> left = Running();
        if (left.Count > 0)
        {
            // Fast first, so that a sound server stops cleanly; only a postmaster knows what SIGINT means, for the others it cancels a query.
            foreach (ProcessIdentity process in left) Signals.Send(process.Pid, Signal.Continue);
            if (Postmaster(left) is { } postmaster)
            {
                Signals.Send(postmaster.Pid, Signal.Interrupt);
                await WaitGoneAsync(FastLimit, time, stop);
            }

            foreach (ProcessIdentity process in Running()) Signals.Send(process.Pid, Signal.Kill);
            if (!await WaitGoneAsync(KillLimit, time, stop)) throw new LabException($"A PostgreSQL server that was left on {Data} cannot be ended; end process {Running()[0].Pid} by hand.");
        }

        // Its pid may belong to another process by now, and PostgreSQL would then believe that the server runs.
        File.Delete(Path.Combine(Data, "postmaster.pid"));
        return left.Count;
    }

    /// <summary>All server processes on the data.</summary>
    public IReadOnlyList<ProcessIdentity> Running() => ProcessTable.RunningIn(Data, "postgres");

    private ProcessIdentity? Postmaster(IReadOnlyList<ProcessIdentity> running)
    {
        string path = Path.Combine(Data, "postmaster.pid");
        if (!File.Exists(path) || !int.TryParse(File.ReadLines(path).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)) return null;

        return running.Where(process => process.Pid == pid).Select(process => (ProcessIdentity?)process).FirstOrDefault();
    }

    private async Task<bool> WaitGoneAsync(TimeSpan limit, TimeProvider time, CancellationToken stop)
    {
        long start = time.GetTimestamp();
        while (Running().Count > 0)
        {
            if (time.GetElapsedTime(start) > limit) return false;
            await Task.Delay(CheckInterval, time, stop);
        }

        return true;
    }

    private static void CreateOwned(string path, PostgresUser user)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        user.Own(path);
    }

    private static IReadOnlyList<string> InitdbArguments(int major, string data, string passwordFile) =>
    [
        "--pgdata", data,
        "--username", PostgresSettings.Superuser,
        "--pwfile", passwordFile,
        "--auth", "scram-sha-256",
        "--encoding", "UTF8",
        "--locale", "C",
        .. major >= 17 ? (string[])["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"] : ["--lc-ctype", "C.UTF-8"],
        "--no-instructions",
        "--no-sync", // The system writes it out within half a minute; only a loss of power before could hurt the new, empty cluster.
        .. major >= 16 ? (string[])["-c", $"scram_iterations={PostgresSettings.ScramIterations}"] : [],
    ];
}
