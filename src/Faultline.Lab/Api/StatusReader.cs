using System.Reflection;
using Faultline.Lab.Control;
using Faultline.Lab.Live;
using Faultline.Lab.Postgres;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Api;

/// <summary>Takes one look at everything. A service that does not answer soon is shown without what only it knows.</summary>
internal sealed class StatusReader(ServiceDoor door, LiveMap map)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1.5);

    private static readonly string Version = typeof(StatusReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private readonly ControlPlane _plane = door.Plane;

    public async Task<LabStatus> ReadAsync(CancellationToken stop)
    {
        SystemStatus[] systems = await Task.WhenAll(_plane.Known.Select(spec => ReadAsync(spec, stop)));
        LabInfrastructure lab = _plane.Lab;
        return new LabStatus(
            lab.Folder.Name, lab.Folder.Root, Version, Environment.ProcessId, _plane.Phase, _plane.StartedAt,
            [.. new[] { lab.Services, lab.Queue }.OfType<PostgresCluster>().Select(cluster => InstanceStatus.Of(cluster.Process.Status()))], systems, lab.Disruptor.Active)
        {
            LinkFaults = _plane.Links.Faults,
            Telemetry = new TelemetryStatus(lab.Telemetry.Spans.Count, lab.Telemetry.SeriesCount, lab.Telemetry.Dropped, map.Viewers, map.IsLooking),
        };
    }

    public async Task<ServiceStatus> ReadAsync(string service, CancellationToken stop)
    {
        InstanceStatus[] instances = [.. _plane.Lab.Supervisor.Find(service).Select(process => InstanceStatus.Of(process.Status()))];
        if (_plane.FindClient(service) is not { } client || instances.All(instance => instance.State != ProcessState.Healthy)) return new ServiceStatus(service, instances, null, null, null);

        Task<MessagingState?> messaging = door.TryAsync(client.StateAsync, AnswerLimit, stop);
        Task<IReadOnlyList<GuardState>?> guards = door.TryAsync(client.GuardsAsync, AnswerLimit, stop);
        Task<IReadOnlyList<Anomaly>?> anomalies = door.TryAsync(client.AnomaliesAsync, AnswerLimit, stop);
        return new ServiceStatus(service, instances, await messaging, (await guards)?.Where(guard => !guard.On).Select(guard => guard.Name).ToArray(), (await anomalies)?.Count);
    }

    private async Task<SystemStatus> ReadAsync(LabSystemSpec spec, CancellationToken stop) =>
        new(spec.Name, _plane.FindRunning(spec.Name) is not null, await Task.WhenAll(spec.Services.Select(service => ReadAsync(service.Service, stop))));
}
