using Faultline.Hosting;

namespace TicketFlow;

/// <summary>TicketFlow: a distributed ticketing system for a service desk that speaks English, for customers who do not.</summary>
public static class TicketFlowSystem
{
    /// <summary>The system and its services.</summary>
    public static SystemDefinition Definition { get; } = new(
        "ticketflow",
        [
            new ServiceDefinition("ticketflow/inquiries", Inquiries.InquiriesService.Configure, typeof(TicketFlowSystem).Assembly),
            new ServiceDefinition("ticketflow/translations", Translations.TranslationsService.Configure, typeof(TicketFlowSystem).Assembly),
            new ServiceDefinition("ticketflow/tickets", Tickets.TicketsService.Configure, typeof(TicketFlowSystem).Assembly),
            new ServiceDefinition("ticketflow/sla", Sla.SlaService.Configure, typeof(TicketFlowSystem).Assembly),
            new ServiceDefinition("ticketflow/communication", Communication.CommunicationService.Configure, typeof(TicketFlowSystem).Assembly),
            new ServiceDefinition(Metrics.MetricsService.Name, Metrics.MetricsService.Configure, typeof(TicketFlowSystem).Assembly),
        ])
    {
        MetricsService = Metrics.MetricsService.Name,
    };
}
