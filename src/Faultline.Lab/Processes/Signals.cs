using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Faultline.Lab.Processes;

/// <summary>The signals that the lab sends.</summary>
internal enum Signal
{
    Interrupt,
    Quit,
    Kill,
    Terminate,
    Stop,
    Continue,
}

/// <summary>Sends signals by kill(2).</summary>
internal static partial class Signals
{
    private const int NoSuchProcess = 3; // ESRCH, the same on Linux and macOS.

    /// <summary>Sends a signal to one process; false when there is no such process.</summary>
    public static bool Send(int pid, Signal signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pid, 2); // 0, -1 and 1 mean everybody or the first process.
        return SendAny(pid, signal);
    }

    /// <summary>Sends a signal to all processes of a group; false when the group is empty.</summary>
    public static bool SendToGroup(int leader, Signal signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(leader, 2);
        return SendAny(-leader, signal);
    }

    /// <summary>The name of a signal by its number on this system, such as SIGKILL for 9.</summary>
    public static string NameOf(int number) => number switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        _ => $"signal {number}",
    };

    private static bool SendAny(int target, Signal signal)
    {
        if (Kill(target, Number(signal)) == 0) return true;

        int error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess
            ? false
            : throw new Win32Exception(error, $"Cannot send {signal} to process {target}: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    private static int Number(Signal signal) => signal switch
    {
        Signal.Interrupt => 2,
        Signal.Quit => 3,
        Signal.Kill => 9,
        Signal.Terminate => 15,
        Signal.Stop => OperatingSystem.IsMacOS() ? 17 : 19,
        Signal.Continue => OperatingSystem.IsMacOS() ? 19 : 18,
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "The signal is not one that the lab sends."),
    };

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
