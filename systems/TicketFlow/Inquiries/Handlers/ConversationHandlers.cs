using Faultline.Hosting.Data;
using Faultline.Messaging.Consuming;
using Npgsql;
using TicketFlow.Communication.Contracts;
using TicketFlow.Inquiries.Data;
using TicketFlow.Samples;
using TicketFlow.Translations.Contracts;

namespace TicketFlow.Inquiries.Handlers;

/// <summary>The customer sees what the desk has answered. What went to others is none of the customer's business.</summary>
internal sealed class MessageSentHandler(DbContexts<InquiriesDb> contexts) : IHandler<MessageSent>
{
    public async Task HandleAsync(MessageSent message, Handling handling, CancellationToken stop)
    {
        if (message is not { Kind: LetterKind.Reply or LetterKind.Resolution, TicketId: { } id }) return;
        if (await RemovedSamples.HasAsync(handling.Unit, id, stop)) return;

        contexts.For(handling.Unit).Add(new Entry { InquiryId = id, Kind = "desk", Author = message.Author, Text = message.Text, TextId = message.TextId, MessageId = handling.Message.Id, At = message.At });
    }
}

/// <summary>A translation of something in the conversation.</summary>
internal sealed class TextTranslatedHandler : IHandler<TextTranslated>
{
    public Task HandleAsync(TextTranslated message, Handling handling, CancellationToken stop)
    {
        handling.Unit.Defer(new NpgsqlBatchCommand("insert into text_translation (text_id, language, text, translator, is_rough_aid) select $1, $2, $3, $4, $5 where not exists (select from removed_sample where id = $6) on conflict (text_id) do nothing")
        {
            Parameters =
            {
                new() { Value = message.TextId }, new() { Value = message.Language }, new NpgsqlParameter<string?> { TypedValue = message.Text }, new() { Value = message.Provider }, new() { Value = message.IsRoughAid }, new() { Value = message.InquiryId },
            },
        });
        return Task.CompletedTask;
    }
}
