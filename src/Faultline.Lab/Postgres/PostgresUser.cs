using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;

namespace Faultline.Lab.Postgres;

/// <summary>As whom PostgreSQL runs: as we do, or, as it refuses to run as root, as an unprivileged user when we are root.</summary>
/// <remarks>
/// That user may be unable to enter the folders above ours (a home of mode 0700). Then, and only then, the server gets one capability, to read
/// and search without asking the modes; writing still takes the ownership of its data folder. PostgreSQL tests its own program with access(2),
/// which drops the capabilities of a non-root user unless the securebit no_setuid_fixup says otherwise.
/// </remarks>
internal sealed partial class PostgresUser
{
    private const uint NobodyDefault = 65_534;

    private static readonly string[][] Privileges =
    [
        [],
        ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", "--securebits=+no_setuid_fixup"],
        ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"], // Containers often have this one only.
    ];

    private readonly string? _setpriv;
    private readonly IReadOnlyList<string> _options;
    private readonly (uint User, uint Group)? _other;

    private PostgresUser(string? setpriv, IReadOnlyList<string> options, (uint User, uint Group)? other)
    {
        _setpriv = setpriv;
        _options = options;
        _other = other;
    }

    /// <summary>Finds out by trying: the program must run, from within the folder, without a complaint.</summary>
    public static Task<PostgresUser> FindAsync(PostgresInstallation installation, string folder, ProcessLedger ledger, TimeProvider time, CancellationToken stop) =>
        FindAsync(installation.Postgres, "PostgreSQL", "--postgres <connection string>", folder, ledger, time, stop);

    /// <summary>The same for any server; the program must know <c>--version</c> and answer it by one line.</summary>
    public static async Task<PostgresUser> FindAsync(string program, string server, string instead, string folder, ProcessLedger ledger, TimeProvider time, CancellationToken stop)
    {
        if (EffectiveUser() != 0) return new PostgresUser(setpriv: null, [], other: null);

        string setpriv = Keeper.Which("setpriv")
            ?? throw new LabException($"{server} does not run as root and 'setpriv' (util-linux) is missing; install it, run as another user, or use {instead}.");

        (uint User, uint Group) nobody = await NobodyAsync(stop);
        List<string> output = [];
        foreach (string[] privilege in Privileges)
        {
            string[] identity = [string.Create(CultureInfo.InvariantCulture, $"--reuid={nobody.User}"), string.Create(CultureInfo.InvariantCulture, $"--regid={nobody.Group}"), "--clear-groups"];
            PostgresUser user = new(setpriv, [.. identity, .. privilege], nobody);
            output.Clear();
            ProcessStart probe = user.Command(Keeper.Shell, ["-c", """cd "$2" && exec "$1" --version""", "probe", program, folder], "server probe");
            if (await ToolRun.RunAsync(probe, ledger, output, time, stop) == 0 && output.Count == 1) return user;
        }

        throw new LabException($"{server} does not run as root and cannot be run as user {nobody.User} ({string.Join(' ', output.Take(3))}); run as another user, or use {instead}.");
    }

    /// <summary>The command that runs a program as that user.</summary>
    public ProcessStart Command(string program, IReadOnlyList<string> arguments, string role) =>
        _setpriv is null
            ? Describe(program, arguments, role)
            : Describe(_setpriv, [.. _options, "--", program, .. arguments], role);

    /// <summary>Gives a file or folder to that user.</summary>
    public void Own(string path)
    {
        if (_other is not { } other || Chown(path, other.User, other.Group) == 0) return;

        int error = Marshal.GetLastPInvokeError();
        throw new Win32Exception(error, $"Cannot give {path} to user {other.User}: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    private static ProcessStart Describe(string program, IReadOnlyList<string> arguments, string role) => new(program, arguments, role)
    {
        Kept = true,
        CleanEnvironment = true, // PG* variables of the person who starts the lab must not reach its clusters.
        Environment = new Dictionary<string, string>
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
            ["LC_ALL"] = "C",
            ["TZ"] = "UTC",
        },
    };

    private static async Task<(uint User, uint Group)> NobodyAsync(CancellationToken stop)
    {
        if (File.Exists("/etc/passwd"))
        {
            foreach (string line in await File.ReadAllLinesAsync("/etc/passwd", stop))
            {
                string[] fields = line.Split(':');
                if (fields is ["nobody", _, var user, var group, ..]
                    && uint.TryParse(user, CultureInfo.InvariantCulture, out uint userId) && uint.TryParse(group, CultureInfo.InvariantCulture, out uint groupId))
                {
                    return (userId, groupId);
                }
            }
        }

        return (NobodyDefault, NobodyDefault);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chown(string path, uint user, uint group);
}
