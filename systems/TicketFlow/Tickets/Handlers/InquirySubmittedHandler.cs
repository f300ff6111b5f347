using Faultline.Hosting.Data;
using Faultline.Messaging.Consuming;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Tickets.Data;

namespace TicketFlow.Tickets.Handlers;

/// <summary>Makes a ticket of an inquiry, with what came early of its translation.</summary>
internal sealed class InquirySubmittedHandler(DbContexts<TicketsDb> contexts, TicketOptions options, TimeProvider time) : IHandler<InquirySubmitted>
{
    private const string English = "en";
    private const string Undetermined = "und";

    public async Task HandleAsync(InquirySubmitted message, Handling handling, CancellationToken stop)
    {
        TicketsDb db = contexts.For(handling.Unit);
        // The translation comes from another service, so nothing says which of the two comes first, or that they do not come at once.
        await handling.Unit.LockAsync(Translating.LockOf(message.InquiryId), stop);
        // The ticket has the inquiry's id: handled twice, it is still one ticket.
        if (await db.Tickets.FindAsync([message.InquiryId], stop) is not null) return;

        EarlyTranslation? early = await db.EarlyTranslations.FindAsync([message.InquiryId], stop);
        bool ready = message.Language is English or Undetermined || early is not null;
        TicketEvent created = ready ? TicketEvent.CreatedReady : TicketEvent.CreatedUntranslated;
        Ticket ticket = TicketOf(message, TicketStates.Next(null, created)!.Value);
        if (early is not null)
        {
            Translating.Apply(ticket, early);
            db.Remove(early);
        }

        db.Add(ticket);
        db.Add(Translating.StepOf(ticket, created, from: null, time.GetUtcNow()));
        handling.Unit.Publish(new TicketCreated(ticket.Id, ticket.State, ticket.Version, ticket.CreatedAt));
        if (!ready) handling.Unit.Schedule(new TranslationOverdue(ticket.Id), time.GetUtcNow() + options.TranslationLimit, Translating.TimerOf(ticket.Id));
    }

    private Ticket TicketOf(InquirySubmitted message, TicketState state) => new()
    {
        Id = message.InquiryId,
        State = state,
        Version = 1,
        Customer = message.Name,
        Email = message.Email,
        Title = message.Title,
        Description = message.Description,
        Category = message.Category.ToString().ToLowerInvariant(),
        Language = message.Language,
        Mark = message.Language == Undetermined ? "unknown language" : null,
        CreatedAt = time.GetUtcNow(),
        IsSample = message.IsSample,
    };
}
