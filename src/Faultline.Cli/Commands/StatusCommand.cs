using System.Globalization;
using Faultline.Cli.Output;
using Faultline.Lab.Api;
using Faultline.Lab.Supervisor;

namespace Faultline.Cli.Commands;

/// <summary>Shows what runs in a lab.</summary>
internal static class StatusCommand
{
    private const double BytesPerMegabyte = 1024 * 1024;

    public static Verb Create(Screen screen) => new Verb("status", "What runs, since when, and how it does", "faultline status", "faultline status --json --lab http://127.0.0.1:21001").Does(screen, RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        LabStatus lab = await context.Lab.GetAsync<LabStatus>("/api/status", context.Stop);
        if (context.Json) context.Screen.Json(lab);
        else Show(lab, context.Screen);
    }

    private static void Show(LabStatus lab, Screen screen)
    {
        screen.Line($"Lab {lab.Lab} is {lab.Phase.ToString().ToLowerInvariant()} since {Time(lab.StartedAt)}, process {lab.Pid}, folder {lab.Root}");
        screen.Line();
        screen.Table(["process", "state", "since", "pid", "address", "memory", "restarts"], lab.Infrastructure.Concat(lab.Systems.SelectMany(system => system.Services).SelectMany(service => service.Instances)).Select(Row));
        ServiceStatus[] services = [.. lab.Systems.SelectMany(system => system.Services).Where(service => service.Instances.Count > 0)];
        if (services.Length > 0)
        {
            screen.Line();
            screen.Table(["service", "queue", "outbox", "parked", "scheduled", "dead letters", "anomalies", "guards off"], services.Select(Row));
        }

        if (lab.Disruptions.Count > 0)
        {
            screen.Line();
            screen.Table(["down on purpose", "by", "since"], lab.Disruptions.Select(down => (string[])[Screen.Safe(down.Target), Screen.Safe(down.Verb), Time(down.At)]));
        }

        if (lab.LinkFaults.Count > 0)
        {
            screen.Line();
            screen.Table(["link", "fault", "what", "acted"], lab.LinkFaults.Select(fault => (string[])[Screen.Safe(fault.Link), Screen.Safe(fault.Name), Screen.Safe(fault.Says), Marked(fault.Acted)]));
        }

        foreach (SystemStatus system in lab.Systems.Where(system => !system.IsRunning && system.Services.All(service => service.Instances.Count == 0))) screen.Line($"{system.Name} does not run");
    }

    private static string[] Row(InstanceStatus instance)
    {
        string state = instance.State.ToString().ToLowerInvariant();
        return
        [
            Screen.Safe(instance.Target), instance.State == ProcessState.Healthy ? Screen.Good(state) : Screen.Bad(instance.Problem is { } why ? $"{state}: {why.Split('\n')[0]}" : state), Time(instance.Since),
            instance.Pid?.ToString(CultureInfo.InvariantCulture) ?? "", Screen.Safe(instance.Address), instance.PrivateBytes is { } bytes ? $"{bytes / BytesPerMegabyte:0} MB" : "",
            instance.Restarts.ToString(CultureInfo.InvariantCulture),
        ];
    }

    private static string[] Row(ServiceStatus service) => service.Messaging is not { } messaging
        ? [Screen.Safe(service.Service), Screen.Warn("does not answer"), "", "", "", "", "", ""]
        :
        [
            Screen.Safe(service.Service), $"{messaging.Queue}", $"{messaging.Outbox}", $"{messaging.Parked}", $"{messaging.Scheduled}", Marked(messaging.DeadLetters), Marked(service.Anomalies ?? 0),
            service.GuardsOff is { Count: > 0 } off ? Screen.Warn(string.Join(", ", off)) : "",
        ];

    private static string Marked(long count) => count > 0 ? Screen.Warn($"{count}") : "0";

    private static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
