using Faultline.Messaging.Consuming;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;
using Npgsql;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Translations.Contracts;
using TicketFlow.Translations.Providers;

namespace TicketFlow.Translations.Handlers;

/// <summary>Translates into English: the translator is asked before the transaction, its answer is stored and told inside it.</summary>
internal sealed class TranslationRequestedHandler(ITranslator translator, TimeProvider time) : IPreparingHandler<TranslationRequested>
{
    private const string English = "en";
    private const string Undetermined = "und";

    public async Task<object?> PrepareAsync(TranslationRequested message, Envelope envelope, CancellationToken stop)
    {
        if (message.Language is English or Undetermined) return null;
        try
        {
            return await translator.TranslateAsync(new TranslationText(message.Language, English, message.Title, message.Description), stop);
        }
        catch (TranslationFailedException failure) when (failure.IsDefinite)
        {
            // Trying again cannot help: a person gets the ticket with a mark.
            return failure;
        }
    }

    public Task HandleAsync(TranslationRequested message, Handling handling, CancellationToken stop)
    {
        (string outcome, string? provider, string? title, string? description, string? reason, IMessage told) = handling.Prepared switch
        {
            TranslationResult result => ("completed", result.Provider, result.Title, result.Body, (string?)null,
                (IMessage)new TranslationCompleted(message.InquiryId, message.Language, result.Title, result.Body, result.Provider, result.Quality == TranslationQuality.RoughAid)),
            TranslationFailedException failure => ("failed", failure.Provider, null, null, failure.Message, new TranslationFailed(message.InquiryId, failure.Message)),
            _ when message.Language == English => ("skipped", null, null, null, "english", new TranslationSkipped(message.InquiryId, "english")),
            _ => ("skipped", null, null, null, "unknown language", new TranslationSkipped(message.InquiryId, "unknown language")),
        };
        handling.Unit.Defer(new NpgsqlBatchCommand(
            """
            insert into translation as t (inquiry_id, language, outcome, provider, title, description, reason, at) values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (inquiry_id) do update set times = t.times + 1
            """)
        {
            Parameters =
            {
                new() { Value = message.InquiryId }, new() { Value = message.Language }, new() { Value = outcome }, new NpgsqlParameter<string?> { TypedValue = provider },
                new NpgsqlParameter<string?> { TypedValue = title }, new NpgsqlParameter<string?> { TypedValue = description }, new NpgsqlParameter<string?> { TypedValue = reason },
                new() { Value = time.GetUtcNow().UtcDateTime },
            },
        });
        handling.Unit.Publish(told);
        return Task.CompletedTask;
    }
}
