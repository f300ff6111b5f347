using Faultline.Hosting;
using Faultline.Hosting.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TicketFlow.Communication.Contracts;
using TicketFlow.Desk;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Sla.Contracts;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Tickets.Data;
using TicketFlow.Tickets.Endpoints;
using TicketFlow.Tickets.Handlers;
using TicketFlow.Translations.Contracts;

namespace TicketFlow.Tickets;

internal static class TicketsService
{
    public static void Configure(ServiceBuilder service) => service
        .Publishes<TicketCreated>()
        .Publishes<TicketStatusChanged>()
        .Publishes<TicketQualified>()
        .Publishes<AgentAssigned>()
        .Publishes<TicketBlocked>()
        .Publishes<TicketUnblocked>()
        .Publishes<TicketResolved>()
        .Publishes<AgentReplied>()
        .Publishes<TicketRemoved>()
        .Publishes<Alert>()
        .Publishes<TranslationOverdue>()
        .Consumes<InquirySubmitted, InquirySubmittedHandler>()
        .Consumes<TranslationCompleted, TranslationCompletedHandler>()
        .Consumes<TranslationSkipped, TranslationSkippedHandler>()
        .Consumes<TranslationFailed, TranslationFailedHandler>()
        .Consumes<TranslationOverdue, TranslationOverdueHandler>()
        .Consumes<SampleRemoved, SampleRemovedHandler>()
        .Consumes<CustomerReplied, CustomerRepliedHandler>()
        .Consumes<TextTranslated, TextTranslatedHandler>()
        .Consumes<DeadlinesCalculated, DeadlinesCalculatedHandler>()
        .Consumes<MessageSent, MessageSentHandler>()
        .Maps(
            SignIn.Map, SignOut.Map, ReadMe.Map, ListPeople.Map, ListTickets.Map, ReadTicket.Map, ListNotices.Map, Qualify.Map, Assign.Map, Block.Map, Unblock.Map, Resolve.Map, SayToCustomer.Map, AddNote.Map)
        .Migrates(from: "Tickets/Migrations")
        .States("tickets",
            """
            select id as subject, state, version, language, mark, english_title is not null as translated, kind, severity, assignee_id, created_at, resolved_at, due_at, blocked_ms, outcome, breaches, sla_revision from ticket
            """)
        .States("steps", "select ticket_id as subject, event, from_state, to_state, version, at, by from step order by id")
        .States("talks", "select ticket_id as subject, id, kind from talk")
        .States("notices", "select ticket_id as subject, id, kind from notice")
        .Uses((services, configuration) => services.AddSingleton<DbContexts<TicketsDb>>().AddSingleton<DeskTokens>().AddSingleton<TicketActions>()
            .AddSingleton(configuration.GetSection("TicketFlow").Get<TicketOptions>() ?? new TicketOptions()));
}
