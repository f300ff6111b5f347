using Faultline.Messaging.Consuming;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Translations.Contracts;
using TicketFlow.Translations.Providers;

namespace TicketFlow.Translations.Handlers;

/// <summary>Translates one text of a conversation: the translator is asked before the transaction, its answer is told inside it. What needs no translation is not told of.</summary>
internal abstract class TextHandler<TMessage>(ITranslator translator) : IPreparingHandler<TMessage>
    where TMessage : IMessage
{
    protected const string English = "en";
    private const string Undetermined = "und";

    /// <summary>What a message asks for.</summary>
    protected sealed record Wanted(Guid InquiryId, Guid TextId, string From, string To, string Text);

    protected abstract Wanted WantedBy(TMessage message);

    public async Task<object?> PrepareAsync(TMessage message, Envelope envelope, CancellationToken stop)
    {
        Wanted wanted = WantedBy(message);
        if (wanted.From == wanted.To || wanted.From == Undetermined || wanted.To == Undetermined) return null;
        try
        {
            return await translator.TranslateAsync(new TranslationText(wanted.From, wanted.To, "", wanted.Text), stop);
        }
        catch (TranslationFailedException failure) when (failure.IsDefinite)
        {
            return failure; // Trying again cannot help: people see the original, and why.
        }
    }

    public Task HandleAsync(TMessage message, Handling handling, CancellationToken stop)
    {
        Wanted wanted = WantedBy(message);
        if (handling.Prepared is TranslationResult result) handling.Unit.Publish(new TextTranslated(wanted.InquiryId, wanted.TextId, wanted.To, result.Body, result.Provider, result.Quality == TranslationQuality.RoughAid, null));
        if (handling.Prepared is TranslationFailedException failure) handling.Unit.Publish(new TextTranslated(wanted.InquiryId, wanted.TextId, wanted.To, null, failure.Provider, false, failure.Message));
        return Task.CompletedTask;
    }
}

/// <summary>What the customer writes, for the desk.</summary>
internal sealed class CustomerRepliedHandler(ITranslator translator) : TextHandler<CustomerReplied>(translator)
{
    protected override Wanted WantedBy(CustomerReplied message) => new(message.InquiryId, message.ReplyId, message.Language, English, message.Text);
}

/// <summary>What the desk writes, for the customer.</summary>
internal sealed class AgentRepliedHandler(ITranslator translator) : TextHandler<AgentReplied>(translator)
{
    protected override Wanted WantedBy(AgentReplied message) => new(message.TicketId, message.ReplyId, English, message.Language, message.Text);
}

/// <summary>The answer that resolves a ticket, for the customer.</summary>
internal sealed class TicketResolvedHandler(ITranslator translator) : TextHandler<TicketResolved>(translator)
{
    protected override Wanted WantedBy(TicketResolved message) => new(message.TicketId, message.TicketId, English, message.Language, message.Text);
}
