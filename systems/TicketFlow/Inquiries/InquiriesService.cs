using Faultline.Hosting;
using Faultline.Hosting.Data;
using Microsoft.Extensions.DependencyInjection;
using TicketFlow.Communication.Contracts;
using TicketFlow.Desk;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Inquiries.Data;
using TicketFlow.Inquiries.Endpoints;
using TicketFlow.Inquiries.Handlers;
using TicketFlow.Inquiries.Language;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Translations.Contracts;

namespace TicketFlow.Inquiries;

internal static class InquiriesService
{
    public static void Configure(ServiceBuilder service) => service
        .Publishes<InquirySubmitted>()
        .Publishes<TranslationRequested>()
        .Publishes<CustomerReplied>()
        .Publishes<SampleRemoved>()
        .Consumes<TicketCreated, TicketCreatedHandler>()
        .Consumes<TicketStatusChanged, TicketStatusChangedHandler>()
        .Consumes<MessageSent, MessageSentHandler>()
        .Consumes<TextTranslated, TextTranslatedHandler>()
        .Maps(SubmitInquiry.Map, ReadInquiry.Map, ReplyToDesk.Map, RemoveSamples.Map)
        .Migrates(from: "Inquiries/Migrations")
        .States("inquiries", "select id as subject, status, ticket_version, language from inquiry")
        .States("entries", "select inquiry_id as subject, kind, ticket_version, message_id, text_id from entry order by id")
        .Uses((services, _) => services.AddSingleton<DbContexts<InquiriesDb>>().AddSingleton<LanguageDetector>().AddSingleton<DeskTokens>());
}
