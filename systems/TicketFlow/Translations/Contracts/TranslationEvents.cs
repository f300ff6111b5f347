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
