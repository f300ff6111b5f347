using System.Globalization;

namespace Faultline.Lab.Processes;

/// <summary>
/// What the .NET runtime opens for debuggers and profilers in the folder for temporary files. A process that ends by itself removes it; one that is killed, which is what a lab is for, leaves three files behind each time.
/// Their names hold pid and start time (in clock ticks since boot), so that nobody else's are hit.
/// </summary>
internal static class RuntimeSockets
{
    /// <summary>Removes those of a process that has ended, or is about to. Nothing happens when there are none: not every process runs on .NET.</summary>
    /// <param name="process">The process; children of a lab have the lab's folder for temporary files.</param>
    public static void RemoveOf(ProcessIdentity process)
    {
        if (!OperatingSystem.IsLinux()) return; // Elsewhere the names hold something else.

        foreach (string path in PathsOf(process))
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return; // Another user's, or on a disk that cannot be written any more: it disturbs nobody.
            }
        }
    }

    /// <summary>Where they are, on Linux.</summary>
    public static IReadOnlyList<string> PathsOf(ProcessIdentity process)
    {
        string life = string.Create(CultureInfo.InvariantCulture, $"{process.Pid}-{process.StartTicks}");
        return [.. new[] { $"dotnet-diagnostic-{life}-socket", $"clr-debug-pipe-{life}-in", $"clr-debug-pipe-{life}-out" }.Select(name => Path.Combine(Path.GetTempPath(), name))];
    }
}
