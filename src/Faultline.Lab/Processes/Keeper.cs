namespace Faultline.Lab.Processes;

/// <summary>The two small shell programs around a child process.</summary>
/// <remarks>
/// The launcher waits for one line from the lab before it becomes the program: until then the lab has recorded the process, so a lab that is killed
/// in between leaves none behind. The keeper stands beside a program that knows nothing of the lab (PostgreSQL, npm): it waits for the end of its
/// input, which the kernel brings about when the lab dies however it dies, and then stops the program. It does not poll.
/// </remarks>
internal static class Keeper
{
    public const string Launcher = """read -r go || exit 125; exec "$@" """;

    /// <summary>Prints the program's pid as its first line; ends with the program's exit code.</summary>
    /// <remarks>A paused program is woken first, with its children (they are in sessions of their own). SIGINT, then SIGQUIT after 5 s, then SIGKILL after 5 s more.</remarks>
    public const string Script = """
        unset FAULTLINE_KEEPER
        exec 3<&0
        "$@" </dev/null 3<&- 1>&2 &
        program=$!
        echo "$program"
        (
            exec >/dev/null
            while read -r line; do :; done <&3
            { read -r children <"/proc/$program/task/$program/children"; } 2>/dev/null
            kill -INT "$program"
            kill -CONT "$program" $children 2>/dev/null
            sleep 5; kill -QUIT "$program"
            sleep 5; kill -KILL "$program"
        ) &
        watcher=$!
        wait "$program"
        code=$?
        kill -KILL "$watcher" 2>/dev/null
        exit "$code"
        """;

    /// <summary>The script comes in a variable: on the command line it would fill the screens of people who look for their processes.</summary>
    public const string ScriptVariable = "FAULTLINE_KEEPER";

    public const string ScriptRunner = """eval "$FAULTLINE_KEEPER" """;

    public const string Shell = "/bin/sh";

    /// <summary>The program of util-linux that gives a process a session of its own; null where it is missing (macOS).</summary>
    public static string? Setsid() => Which("setsid");

    /// <summary>The full path of a program on the search path; null when there is none.</summary>
    public static string? Which(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}
