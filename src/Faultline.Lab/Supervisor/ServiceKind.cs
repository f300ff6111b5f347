using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Faultline.Lab.Instances;
using Faultline.Lab.Processes;

namespace Faultline.Lab.Supervisor;

/// <summary>A service instance as a kind of supervised process.</summary>
internal sealed class ServiceKind(InstanceSpec spec, LabFolder folder, FreePorts ports, HttpClient http, TimeProvider time) : IProcessKind
{
    private ChildProcess? _last;

    public string Target => spec.Target;

    public int Port { get; private set; } = spec.HttpPort;

    public InstanceLog Log { get; } = new(
        Path.Combine(folder.Path, "logs", string.Create(CultureInfo.InvariantCulture, $"{spec.System}-{spec.Service}-{spec.Ordinal}.log")), time);

    public (TimeSpan WhileStarting, TimeSpan Later) ProbeIntervals { get; } = (TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1));

    public IReadOnlyList<(Signal Signal, TimeSpan Limit)> StopLadder { get; } = [(Signal.Terminate, spec.GracePeriod), (Signal.Kill, Timeout.InfiniteTimeSpan)];

    public TimeSpan RestartDelayMax => spec.RestartDelayMax;

    public async Task<ChildProcess> StartAsync(CancellationToken stop)
    {
        ChoosePort();
        string port = Port.ToString(CultureInfo.InvariantCulture);
        ProcessStart start = new(spec.Executable, [.. spec.Arguments.Select(argument => argument.Replace("{port}", port))], Target)
        {
            WorkingFolder = spec.WorkingFolder,
            Kept = !spec.EndsWithInput,
            Environment = spec.Environment.ToDictionary(pair => pair.Key, pair => pair.Value.Replace("{port}", port)),
        };
        _last = await ChildProcess.StartAsync(start, folder.Processes, Log.AppendAsync, time);
        return _last;
    }

    public async Task<string?> ProbeAsync(CancellationToken stop)
    {
        if (spec.HealthPath is null) return spec.WaitsForPort ? await ConnectAsync(stop) : null;

        try
        {
            using HttpResponseMessage reply = await http.GetAsync($"http://127.0.0.1:{Port}{spec.HealthPath}", stop);
            return reply.IsSuccessStatusCode ? null : $"GET {spec.HealthPath} answered {(int)reply.StatusCode}";
        }
        catch (OperationCanceledException)
        {
            return $"GET {spec.HealthPath} was not answered in time";
        }
        catch (HttpRequestException error)
        {
            return $"GET {spec.HealthPath} failed: {error.Message}";
        }
    }

    public IReadOnlyList<int> Members(ChildProcess running) => ProcessTable.IsRunning(running.Program) ? [running.Program.Pid] : [];

    private async Task<string?> ConnectAsync(CancellationToken stop)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port, stop);
            return null;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"nothing accepts connections on port {Port}");
        }
    }

    private void ChoosePort()
    {
        // Chosen by us and taken by somebody else in between: that is why the last start failed, or the next one would.
        if (spec.HttpPort == 0 && (Port == 0 || !FreePorts.IsFree(Port))) Port = ports.Take();
    }
}
