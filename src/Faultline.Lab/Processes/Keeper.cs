using Faultline.Lab.Problems;

namespace Faultline.Lab.Processes;

/// <summary>The two small shell programs in front of a child process. Each becomes the program in the end, so its pid is the program's.</summary>
/// <remarks>
/// The launcher waits for one line from the lab before it becomes the program: until then the lab has recorded the process, so a lab that is killed
/// in between leaves none behind. The keeper leaves a watcher beside a program that knows nothing of the lab (PostgreSQL, npm): it waits for the end
/// of its input, which the kernel brings about when the lab dies however it dies, and then stops the program.
/// The watcher belongs to the program's process group, and a pid is not given away while a group of that number has members: it cannot hit another
/// process. It is nobody's child, so PostgreSQL does not wonder about a child that it never started.
/// </remarks>
internal static class Keeper
{
    public const string Shell = "/bin/sh";

    public const string Launcher = """read -r go || exit 125; exec "$@" """;

    /// <summary>The script comes in a variable: on the command line it would fill the screens of people who look for their processes.</summary>
    public const string ScriptVariable = "FAULTLINE_KEEPER";

    public const string ScriptRunner = """eval "$FAULTLINE_KEEPER" """;

    /// <summary>SIGINT (for PostgreSQL: stop fast), after 5 s SIGQUIT (stop at once), after 5 s more SIGKILL.</summary>
    /// <remarks>A paused program is woken, with its children by name: those of PostgreSQL are in groups of their own.</remarks>
    public const string Script = """
        unset FAULTLINE_KEEPER
        gone() {
            count=0
            while [ "$count" -lt 50 ]; do
                kill -0 $$ || return 0
                sleep 0.1
                count=$((count + 1))
            done
            return 1
        }
        ( (
            exec >/dev/null 2>&1
            while read -r line; do :; done
            read -r children <"/proc/$$/task/$$/children"
            kill -INT $$
            kill -CONT $$ $children
            gone && exit
            kill -QUIT $$
            gone && exit
            kill -KILL $$
        ) <&3 & ) 3<&0
        exec "$@" </dev/null
        """;

    /// <summary>The words that start a command in a session of its own; the program keeps the pid, because a child of ours leads no group yet.</summary>
    public static IReadOnlyList<string> OwnSession()
    {
        if (Which("setsid") is { } setsid) return [setsid];

        return Which("perl") is { } perl // macOS has no setsid program.
            ? [perl, "-e", "use POSIX; POSIX::setsid(); exec @ARGV", "--"]
            : throw new LabException("The lab starts its processes by 'setsid' (util-linux) or 'perl', and neither is on the search path; install one.");
    }

    /// <summary>The full path of a program on the search path; null when there is none.</summary>
    public static string? Which(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}
