using Faultline.Hosting.Figures;
using Faultline.TestSupport;

namespace TicketFlow.Tests.Metrics;

/// <summary>Reports as an instance sends them.</summary>
internal static class Reports
{
    public const string Tickets = "ticketflow/tickets";

    public static readonly DateTimeOffset Start = new ManualTime().GetUtcNow();

    /// <summary>A report that is sent at the usual time after the start of its process.</summary>
    public static InstanceFigures Of(long number, string instance = "tickets-1", string service = Tickets) => new()
    {
        Service = service,
        Instance = instance,
        StartedAt = Start,
        Number = number,
        RunningSeconds = number * 2, // As if it reported every two seconds: rates are by what a report says, and not by how often it should come.
        CpuSeconds = 0,
        WorkingSetBytes = 1_000,
        In = 0,
        Out = 0,
    };
}
