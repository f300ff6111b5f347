using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Faultline.Bench.ProxySpeed;

/// <summary>A way from wrk to nginx.</summary>
internal sealed class Contender(string name, int port, Process? process) : IAsyncDisposable
{
    public string Name => name;

    public int Port => port;

    public Process? Process => process;

    /// <summary>Memory in use, in MB; 0 for the direct way.</summary>
    public double ResidentMegabytes()
    {
        if (process is null) return 0;

        process.Refresh();
        return process.WorkingSet64 / 1e6;
    }

    /// <summary>Processor time used so far; it depends less on who else uses the machine than any latency does.</summary>
    public TimeSpan ProcessorTime()
    {
        if (process is null) return TimeSpan.Zero;

        process.Refresh();
        return process.TotalProcessorTime;
    }

    /// <summary>Bytes that the process has allocated so far; -1 where that is not known.</summary>
    public async Task<long> AllocatedAsync()
    {
        if (process?.StartInfo.RedirectStandardInput != true) return -1;

        await process.StandardInput.WriteLineAsync();
        await process.StandardInput.FlushAsync();
        return long.Parse((await process.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
    }

    public static async Task<Contender> StartAsync(string name, int port, bool talks, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = talks, RedirectStandardOutput = talks };
        var contender = new Contender(name, port, Process.Start(start)!);
        if (talks) await contender.Process!.StandardOutput.ReadLineAsync();
        for (int attempt = 0; ; attempt++)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return contender;
            }
            catch (SocketException) when (attempt < 200 && !contender.Process!.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System); // It is starting.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (process is null) return;

        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
