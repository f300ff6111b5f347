using Faultline.Lab.Control;
using Faultline.Lab.Instances;
using Faultline.Lab.Supervisor;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Api;

/// <summary>One look at a lab.</summary>
/// <param name="Lab">The lab's name: its port by custom.</param>
/// <param name="Root">The folder that holds its <c>.faultline</c>.</param>
/// <param name="Version">The version of the product.</param>
/// <param name="Pid">The lab's process.</param>
/// <param name="Phase">Whether it is starting, running or stopping.</param>
/// <param name="StartedAt">Since when.</param>
/// <param name="Infrastructure">The database servers that the lab runs itself.</param>
/// <param name="Systems">The systems that this build brings, running or not.</param>
/// <param name="Disruptions">What the lab has taken down on purpose and not brought back yet.</param>
public sealed record LabStatus(
    string Lab, string Root, string Version, int Pid, LabPhase Phase, DateTimeOffset StartedAt,
    IReadOnlyList<InstanceStatus> Infrastructure, IReadOnlyList<SystemStatus> Systems, IReadOnlyList<DisruptionRecord> Disruptions)
{
    /// <summary>What the lab keeps of what its services tell, and who watches.</summary>
    public required TelemetryStatus Telemetry { get; init; }

    /// <summary>The faults that are set on links.</summary>
    public IReadOnlyList<LinkFaultView> LinkFaults { get; init; } = [];
}

/// <summary>What is kept of telemetry, and who watches.</summary>
/// <param name="Spans">Spans that are kept.</param>
/// <param name="Series">Figures that are kept over time.</param>
/// <param name="Dropped">Points that were dropped because there were too many figures.</param>
/// <param name="Viewers">Streams of events that are open.</param>
/// <param name="IsLooking">Whether services are asked and the map is drawn now: while somebody watches, and for some seconds after.</param>
public sealed record TelemetryStatus(int Spans, int Series, long Dropped, int Viewers, bool IsLooking);

/// <summary>One look at a system.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsRunning">Whether it runs in this lab.</param>
/// <param name="Services">Its services.</param>
public sealed record SystemStatus(string Name, bool IsRunning, IReadOnlyList<ServiceStatus> Services);

/// <summary>One look at a service.</summary>
/// <param name="Service">As <c>system/service</c>.</param>
/// <param name="Instances">Its instances.</param>
/// <param name="Messaging">How much is under way; null when it does not answer.</param>
/// <param name="GuardsOff">The guards that are switched off; null when it does not answer.</param>
/// <param name="Anomalies">How many anomalies are set; null when it does not answer.</param>
public sealed record ServiceStatus(string Service, IReadOnlyList<InstanceStatus> Instances, MessagingState? Messaging, IReadOnlyList<string>? GuardsOff, int? Anomalies);

/// <summary>One look at a process that the lab keeps running.</summary>
/// <param name="Target">Its name as a target of disruptions.</param>
/// <param name="State">What it does.</param>
/// <param name="Since">Since when.</param>
/// <param name="Pid">The process, if one runs.</param>
/// <param name="Address">Where it answers: an HTTP address, or host and port of a database server; null when it has none yet.</param>
/// <param name="Restarts">How often it was started again after an end that nobody had asked for.</param>
/// <param name="LastExit">How it ended last, in words.</param>
/// <param name="Problem">Why it is not healthy, in words.</param>
/// <param name="PrivateBytes">Memory that is not shared with others.</param>
/// <param name="CpuSeconds">Processor time since its start.</param>
public sealed record InstanceStatus(
    string Target, ProcessState State, DateTimeOffset Since, int? Pid, string? Address, int Restarts, string? LastExit, string? Problem, long? PrivateBytes, double? CpuSeconds)
{
    internal static InstanceStatus Of(ProcessStatus status) => new(
        status.Target, status.State, status.Since, status.Pid, AddressOf(status), status.Restarts, status.LastExit?.ToString(), status.Problem, status.Usage?.PrivateBytes,
        status.Usage?.CpuTime.TotalSeconds);

    private static string? AddressOf(ProcessStatus status)
    {
        if (status.Port == 0) return null;

        string host = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"127.0.0.1:{status.Port}");
        return status.Target.StartsWith("postgres/", StringComparison.Ordinal) ? host : $"http://{host}";
    }
}
