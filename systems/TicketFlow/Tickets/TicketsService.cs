using Faultline.Hosting;
using Faultline.Hosting.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Tickets.Data;
using TicketFlow.Tickets.Handlers;
using TicketFlow.Translations.Contracts;

namespace TicketFlow.Tickets;

internal static class TicketsService
{
    public static void Configure(ServiceBuilder service) => service
        .Publishes<TicketCreated>()
        .Publishes<TicketStatusChanged>()
        .Publishes<TranslationOverdue>()
        .Consumes<InquirySubmitted, InquirySubmittedHandler>()
        .Consumes<TranslationCompleted, TranslationCompletedHandler>()
        .Consumes<TranslationSkipped, TranslationSkippedHandler>()
        .Consumes<TranslationFailed, TranslationFailedHandler>()
        .Consumes<TranslationOverdue, TranslationOverdueHandler>()
        .Migrates(from: "Tickets/Migrations")
        .States("tickets", "select id as subject, state, version, language, mark, english_title is not null as translated from ticket")
        .States("steps", "select ticket_id as subject, event, from_state, to_state, version, at from step order by id")
        .Uses((services, configuration) => services.AddSingleton<DbContexts<TicketsDb>>()
            .AddSingleton(configuration.GetSection("TicketFlow").Get<TicketOptions>() ?? new TicketOptions()));
}
