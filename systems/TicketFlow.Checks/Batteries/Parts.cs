using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;

namespace TicketFlow.Checks.Batteries;

/// <summary>What the batteries of the desk are put together from.</summary>
internal static class Parts
{
    public const string Inquiries = "ticketflow/inquiries", Translations = "ticketflow/translations", Tickets = "ticketflow/tickets", Sla = "ticketflow/sla", Communication = "ticketflow/communication";

    /// <summary>A fault inside a service.</summary>
    public static AnomalyFault Anomaly(string service, FaultPoint point, string kind, string? message, TriggerSpec? trigger = null) => new()
    {
        Name = $"{kind} at {point.Name}",
        Service = service,
        Point = point.Name,
        Kind = kind,
        Match = message is null ? null : new MatchSpec { MessageType = $"ticketflow.{message}" },
        Trigger = trigger ?? new TriggerSpec { Once = true },
    };

    /// <summary>A process goes down, or stands still, in the middle of the load.</summary>
    public static DisruptionFault Disruption(string target, string verb, int after, double? seconds = null) =>
        new() { Name = $"{verb} {target}", Target = target, Verb = verb, From = Moment.AfterOperations(after), For = seconds is { } length ? TimeSpan.FromSeconds(length) : null };

    /// <summary>A link is cut for a while.</summary>
    public static PartitionFault Cut(IReadOnlyList<string> group, IReadOnlyList<string> rest, int after, double seconds) =>
        new() { Name = "cut", Group = group, Rest = rest, Way = PartitionWays.Both, From = Moment.AfterOperations(after), For = TimeSpan.FromSeconds(seconds) };

    /// <summary>Services and links go down and come back.</summary>
    public static DisruptorFault Disruptor(IReadOnlyList<string> targets, int after, double seconds) => new()
    {
        Name = "disruptor",
        Targets = targets,
        Every = TimeSpan.FromMilliseconds(900),
        DownMin = TimeSpan.FromMilliseconds(200),
        DownMax = TimeSpan.FromMilliseconds(1_200),
        From = Moment.AfterOperations(after),
        For = TimeSpan.FromSeconds(seconds),
    };

    /// <summary>The last part of a service's name.</summary>
    public static string Short(string service) => service[(service.LastIndexOf('/') + 1)..];
}
