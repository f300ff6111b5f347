using Faultline.Messaging.Publishing;

namespace TicketFlow.Translations.Contracts;

/// <summary>An inquiry is translated.</summary>
/// <param name="InquiryId">The inquiry.</param>
/// <param name="Language">From which language.</param>
/// <param name="Title">The title in English.</param>
/// <param name="Description">The description in English.</param>
/// <param name="Provider">Who translated.</param>
/// <param name="IsRoughAid">Whether it is a rough aid only, such as the phrase book makes.</param>
[Message("ticketflow.translation-completed")]
public sealed record TranslationCompleted(Guid InquiryId, string Language, string Title, string Description, string Provider, bool IsRoughAid) : IMessage
{
    string? IMessage.Key => InquiryId.ToString();
}

/// <summary>An inquiry needs no translation, or cannot have one because its language is unknown.</summary>
/// <param name="InquiryId">The inquiry.</param>
/// <param name="Reason">Why.</param>
[Message("ticketflow.translation-skipped")]
public sealed record TranslationSkipped(Guid InquiryId, string Reason) : IMessage
{
    string? IMessage.Key => InquiryId.ToString();
}

/// <summary>An inquiry could not be translated.</summary>
/// <param name="InquiryId">The inquiry.</param>
/// <param name="Reason">Why.</param>
[Message("ticketflow.translation-failed")]
public sealed record TranslationFailed(Guid InquiryId, string Reason) : IMessage
{
    string? IMessage.Key => InquiryId.ToString();
}

/// <summary>Something that was written in a conversation has been translated, into English or into the customer's language.</summary>
/// <param name="InquiryId">The inquiry.</param>
/// <param name="TextId">What was written: the id of a reply, or that of the inquiry for the answer that resolves it.</param>
/// <param name="Language">Into which language.</param>
/// <param name="Text">The translation; null when there is none.</param>
/// <param name="Provider">Who translated.</param>
/// <param name="IsRoughAid">Whether it is a rough aid only, such as the phrase book makes.</param>
/// <param name="NotTranslated">Why there is no translation; null when there is one.</param>
[Message("ticketflow.text-translated")]
public sealed record TextTranslated(Guid InquiryId, Guid TextId, string Language, string? Text, string Provider, bool IsRoughAid, string? NotTranslated) : IMessage
{
    string? IMessage.Key => InquiryId.ToString();
}
