using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Faultline.Bench.Throughput.Contenders;

namespace Faultline.Bench.Throughput.Roles;

/// <summary>A role process, seen from the bench.</summary>
internal sealed class RoleClient : IAsyncDisposable
{
    private static readonly TimeSpan EndWait = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly RoleKind _role;

    private RoleClient(Process process, RoleKind role)
    {
        _process = process;
        _role = role;
    }

    public int ProcessId => _process.Id;

    /// <summary>Starts the process and waits until it is connected.</summary>
    public static async Task<RoleClient> StartAsync(RoleKind role, RoleSetup setup, CancellationToken stop)
    {
        string self = Environment.ProcessPath ?? throw new BenchException("the path of this process is unknown");
        var start = new ProcessStartInfo(self) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(self) == "dotnet") start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        start.ArgumentList.Add("role");
        var client = new RoleClient(Process.Start(start) ?? throw new BenchException($"'{self}' did not start"), role);
        try
        {
            // Connection strings may hold passwords: they go through the pipe, not through the command line.
            await client.SayAsync(JsonSerializer.Serialize(new RoleOrder(role, setup)), stop);
            await client.HearAsync(stop);
        }
        catch
        {
            await client.DisposeAsync(); // Nobody else knows of the process yet.
            throw;
        }

        return client;
    }

    /// <summary>Gives a command and waits for the reply.</summary>
    public async Task<string> AskAsync(string command, CancellationToken stop)
    {
        await SayAsync(command, stop);
        return await HearAsync(stop);
    }

    /// <summary>Fails when the process has ended.</summary>
    public void MustRun()
    {
        if (_process.HasExited) throw new BenchException($"the {_role} process ended with exit code {_process.ExitCode}; its error stands above");
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(EndWait);
        try
        {
            _process.StandardInput.Close(); // The end of its input ends it.
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (IOException) when (_process.HasExited)
        {
            // It died with a command unread; whoever asked has been told.
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task SayAsync(string line, CancellationToken stop)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), stop);
        await _process.StandardInput.FlushAsync(stop);
    }

    private async Task<string> HearAsync(CancellationToken stop)
    {
        if (await _process.StandardOutput.ReadLineAsync(stop) is { } line) return line;
        await _process.WaitForExitAsync(stop);
        throw new BenchException($"the {_role} process ended with exit code {_process.ExitCode}; its error stands above");
    }
}
