using Faultline.Hosting.Data;
using Faultline.Messaging.Consuming;
using Npgsql;
using TicketFlow.Communication.Contracts;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Samples;
using TicketFlow.Sla.Contracts;
using TicketFlow.Tickets.Data;
using TicketFlow.Translations.Contracts;

namespace TicketFlow.Tickets.Handlers;

/// <summary>The customer has written more: it is kept whatever the ticket's state is by now.</summary>
internal sealed class CustomerRepliedHandler(DbContexts<TicketsDb> contexts) : IHandler<CustomerReplied>
{
    public async Task HandleAsync(CustomerReplied message, Handling handling, CancellationToken stop)
    {
        TicketsDb db = contexts.For(handling.Unit);
        if (await TicketRows.FindAsync(db, handling, message.InquiryId, stop) is not { } ticket) return;
        if (await db.Talks.FindAsync([message.ReplyId], stop) is not null) return;
        db.Add(new Talk { Id = message.ReplyId, TicketId = ticket.Id, Kind = "customer", Author = ticket.Customer, Text = message.Text, Language = message.Language, At = message.At });
    }
}

/// <summary>The ticket that a message is about.</summary>
internal static class TicketRows
{
    /// <summary>Null for one that was a sample and is removed.</summary>
    /// <exception cref="InvalidOperationException">There is none yet; the message is tried again.</exception>
    public static async Task<Ticket?> FindAsync(TicketsDb db, Handling handling, Guid id, CancellationToken stop)
    {
        if (await db.Tickets.FindAsync([id], stop) is { } ticket) return ticket;
        return await RemovedSamples.HasAsync(handling.Unit, id, stop) ? null : throw new InvalidOperationException($"there is no ticket {id} yet");
    }
}

/// <summary>A translation of something that was said.</summary>
internal sealed class TextTranslatedHandler : IHandler<TextTranslated>
{
    public Task HandleAsync(TextTranslated message, Handling handling, CancellationToken stop)
    {
        handling.Unit.Defer(new NpgsqlBatchCommand(
            "insert into talk_translation (text_id, language, text, translator, is_rough_aid, not_translated) select $1, $2, $3, $4, $5, $6 where not exists (select from removed_sample where id = $7) on conflict (text_id) do nothing")
        {
            Parameters =
            {
                new() { Value = message.TextId }, new() { Value = message.Language }, new NpgsqlParameter<string?> { TypedValue = message.Text }, new() { Value = message.Provider },
                new() { Value = message.IsRoughAid }, new NpgsqlParameter<string?> { TypedValue = message.NotTranslated }, new() { Value = message.InquiryId },
            },
        });
        return Task.CompletedTask;
    }
}

/// <summary>How the ticket stands to its agreement; what is older than what is known changes nothing.</summary>
internal sealed class DeadlinesCalculatedHandler(DbContexts<TicketsDb> contexts) : IHandler<DeadlinesCalculated>
{
    public async Task HandleAsync(DeadlinesCalculated message, Handling handling, CancellationToken stop)
    {
        TicketsDb db = contexts.For(handling.Unit);
        await handling.Unit.LockAsync(Translating.LockOf(message.TicketId), stop);
        if (await TicketRows.FindAsync(db, handling, message.TicketId, stop) is not { } ticket) return;
        if (message.Revision <= ticket.SlaRevision) return;

        ticket.SlaRevision = message.Revision;
        ticket.Agreement = message.Agreement;
        ticket.DueAt = message.DueAt;
        ticket.BlockedMs = message.BlockedMs;
        ticket.StoppedAt = message.StoppedAt;
        ticket.Outcome = message.Outcome;
        ticket.Breaches = message.Breaches;
    }
}

/// <summary>A message went to people.</summary>
internal sealed class MessageSentHandler : IHandler<MessageSent>
{
    public Task HandleAsync(MessageSent message, Handling handling, CancellationToken stop)
    {
        handling.Unit.Defer(new NpgsqlBatchCommand(
            "insert into notice (id, kind, ticket_id, recipients, subject, text, at) select $1, $2, $3, $4, $5, $6, $7 where not exists (select from removed_sample where id = $3) on conflict (id) do nothing")
        {
            Parameters =
            {
                new() { Value = message.LetterId }, new() { Value = TicketWords.Of(message.Kind) }, new NpgsqlParameter<Guid?> { TypedValue = message.TicketId },
                new() { Value = string.Join(", ", message.Recipients.Select(recipient => recipient.Email)) }, new() { Value = message.Subject }, new() { Value = message.Text },
                new() { Value = message.At.UtcDateTime },
            },
        });
        return Task.CompletedTask;
    }
}
