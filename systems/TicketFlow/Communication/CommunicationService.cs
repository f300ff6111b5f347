using Faultline.Hosting;
using Faultline.Messaging.Envelopes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TicketFlow.Communication.Contracts;
using TicketFlow.Communication.Handlers;
using TicketFlow.Communication.Mail;
using TicketFlow.Communication.Mail.Smtp;
using TicketFlow.Sla.Contracts;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Communication;

internal static class CommunicationService
{
    public static void Configure(ServiceBuilder service) => service
        .Publishes<MessageSent>()
        .Publishes<LetterDue>()
        .Consumes<TicketResolved, TicketResolvedHandler>()
        .Consumes<AgentReplied, AgentRepliedHandler>()
        .Consumes<ReminderDue, ReminderDueHandler>()
        .Consumes<Alert, AlertHandler>()
        .Consumes<TicketRemoved, TicketRemovedHandler>()
        .Consumes<LetterDue, LetterDueHandler>()
        .Migrates(from: "Communication/Migrations")
        .States("letters", "select coalesce(ticket_id::text, id) as subject, id, kind, ticket_id, times, sent_at is not null as sent, given_up_at is not null as given_up, tries, error from letter")
        .Uses(AddMail);

    private static void AddMail(IServiceCollection services, IConfiguration configuration)
    {
        MailOptions options = MailOptions.Read(configuration);
        services.AddSingleton(options);
        services.AddSingleton<IMailer>(provider => options.Smtp is null
            ? new PickupFolder(options, provider.GetRequiredService<Ids>())
            : new SmtpMailer(options, provider.GetRequiredService<TimeProvider>()));
    }
}
