using Faultline.Hosting.Data;
using Faultline.Messaging.Consuming;
using TicketFlow.Samples;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Tickets.Data;
using TicketFlow.Translations.Contracts;

namespace TicketFlow.Tickets.Handlers;

/// <summary>What the end of a translation does to a ticket, in whatever order things come.</summary>
internal static class Translating
{
    /// <summary>The name of the timer that waits for a ticket's translation.</summary>
    public static string TimerOf(Guid ticket) => $"translation:{ticket}";

    /// <summary>The name of the lock under which a ticket changes.</summary>
    public static string LockOf(Guid ticket) => $"ticket:{ticket}";

    /// <summary>Takes the end of a translation: kept when the inquiry is not there yet, applied when it is; a second end changes nothing of the state.</summary>
    public static async Task EndAsync(TicketsDb db, Handling handling, EarlyTranslation end, TimeProvider time, CancellationToken stop)
    {
        await handling.Unit.LockAsync(LockOf(end.InquiryId), stop);
        if (await db.Tickets.FindAsync([end.InquiryId], stop) is not { } ticket)
        {
            if (await db.EarlyTranslations.FindAsync([end.InquiryId], stop) is null && !await RemovedSamples.HasAsync(handling.Unit, end.InquiryId, stop)) db.Add(end);
            return;
        }

        Apply(ticket, end);
        if (TicketStates.Next(ticket.State, TicketEvent.TranslationEnded) is not { } next) return;

        TicketState before = ticket.State;
        ticket.State = next;
        ticket.Version++;
        db.Add(StepOf(ticket, TicketEvent.TranslationEnded, before, time.GetUtcNow()));
        handling.Unit.Cancel(TimerOf(ticket.Id));
        handling.Unit.Publish(new TicketStatusChanged(ticket.Id, ticket.State, ticket.Version, TicketWords.Of(TicketEvent.TranslationEnded), time.GetUtcNow()));
    }

    /// <summary>Puts a translation, or the reason why there is none, on the ticket. A translation that comes late takes the mark away again.</summary>
    public static void Apply(Ticket ticket, EarlyTranslation end)
    {
        if (end.Outcome == "completed")
        {
            ticket.EnglishTitle = end.Title;
            ticket.EnglishDescription = end.Description;
            ticket.Translator = end.Translator;
            ticket.IsRoughAid = end.IsRoughAid;
            ticket.Mark = null;
        }
        else if (end.Outcome is "failed" or "overdue" && ticket.EnglishTitle is null)
        {
            ticket.Mark = end.Reason;
        }
    }

    /// <summary>The entry of a change.</summary>
    public static Step StepOf(Ticket ticket, TicketEvent happened, TicketState? from, DateTimeOffset at, string? by = null, string? detail = null) => new()
    {
        TicketId = ticket.Id,
        Event = TicketWords.Of(happened),
        FromState = from is { } before ? TicketWords.Of(before) : null,
        ToState = TicketWords.Of(ticket.State),
        Version = ticket.Version,
        By = by,
        Detail = detail,
        At = at,
    };
}

/// <summary>A translation has come.</summary>
internal sealed class TranslationCompletedHandler(DbContexts<TicketsDb> contexts, TimeProvider time) : IHandler<TranslationCompleted>
{
    public Task HandleAsync(TranslationCompleted message, Handling handling, CancellationToken stop) => Translating.EndAsync(
        contexts.For(handling.Unit), handling,
        new EarlyTranslation
        {
            InquiryId = message.InquiryId,
            Outcome = "completed",
            Title = message.Title,
            Description = message.Description,
            Translator = message.Provider,
            IsRoughAid = message.IsRoughAid,
        },
        time, stop);
}

/// <summary>No translation is needed, or none is possible.</summary>
internal sealed class TranslationSkippedHandler(DbContexts<TicketsDb> contexts, TimeProvider time) : IHandler<TranslationSkipped>
{
    public Task HandleAsync(TranslationSkipped message, Handling handling, CancellationToken stop) =>
        Translating.EndAsync(contexts.For(handling.Unit), handling, new EarlyTranslation { InquiryId = message.InquiryId, Outcome = "skipped", Reason = message.Reason }, time, stop);
}

/// <summary>The translation failed: a person gets the ticket, with a mark.</summary>
internal sealed class TranslationFailedHandler(DbContexts<TicketsDb> contexts, TimeProvider time) : IHandler<TranslationFailed>
{
    public Task HandleAsync(TranslationFailed message, Handling handling, CancellationToken stop) =>
        Translating.EndAsync(contexts.For(handling.Unit), handling, new EarlyTranslation { InquiryId = message.InquiryId, Outcome = "failed", Reason = $"not translated: {message.Reason}" }, time, stop);
}

/// <summary>The translation did not come in time: a person gets the ticket, with a mark; it never waits for ever.</summary>
internal sealed class TranslationOverdueHandler(DbContexts<TicketsDb> contexts, TimeProvider time) : IHandler<TranslationOverdue>
{
    public async Task HandleAsync(TranslationOverdue message, Handling handling, CancellationToken stop)
    {
        TicketsDb db = contexts.For(handling.Unit);
        await handling.Unit.LockAsync(Translating.LockOf(message.TicketId), stop);
        if (await db.Tickets.FindAsync([message.TicketId], stop) is not { State: TicketState.AwaitingTranslation }) return;
        await Translating.EndAsync(db, handling, new EarlyTranslation { InquiryId = message.TicketId, Outcome = "overdue", Reason = "not translated in time" }, time, stop);
    }
}
