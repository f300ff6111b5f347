using Faultline.Hosting.Data;
using Faultline.Messaging.Consuming;
using Npgsql;
using TicketFlow.Communication.Contracts;
using TicketFlow.Inquiries.Contracts;
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
        Ticket ticket = await db.Tickets.FindAsync([message.InquiryId], stop) ?? throw new InvalidOperationException($"there is no ticket {message.InquiryId} yet");
        if (await db.Talks.FindAsync([message.ReplyId], stop) is not null) return;
        db.Add(new Talk { Id = message.ReplyId, TicketId = ticket.Id, Kind = "customer", Author = ticket.Customer, Text = message.Text, Language = message.Language, At = message.At });
    }
}

/// <summary>A translation of something that was said.</summary>
internal sealed class TextTranslatedHandler : IHandler<TextTranslated>
{
    public Task HandleAsync(TextTranslated message, Handling handling, CancellationToken stop)
    {
        handling.Unit.Defer(new NpgsqlBatchCommand(
            "insert into talk_translation (text_id, language, text, translator, is_rough_aid, not_translated) values ($1, $2, $3, $4, $5, $6) on conflict (text_id) do nothing")
        {
            Parameters =
            {
                new() { Value = message.TextId }, new() { Value = message.Language }, new NpgsqlParameter<string?> { TypedValue = message.Text }, new() { Value = message.Provider },
                new() { Value = message.IsRoughAid }, new NpgsqlParameter<string?> { TypedValue = message.NotTranslated },
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
        Ticket ticket = await db.Tickets.FindAsync([message.TicketId], stop) ?? throw new InvalidOperationException($"there is no ticket {message.TicketId}");
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
            "insert into notice (id, kind, ticket_id, recipients, subject, text, at) values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing")
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
