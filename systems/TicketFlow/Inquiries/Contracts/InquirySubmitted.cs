using Faultline.Messaging.Publishing;

namespace TicketFlow.Inquiries.Contracts;

/// <summary>What an inquiry is about.</summary>
public enum InquiryCategory
{
    /// <summary>Anything.</summary>
    General,

    /// <summary>Something does not work.</summary>
    Technical,

    /// <summary>Money.</summary>
    Billing,

    /// <summary>Something else.</summary>
    Other,
}

/// <summary>A customer has submitted an inquiry.</summary>
/// <param name="InquiryId">The inquiry.</param>
/// <param name="Name">The customer's name.</param>
/// <param name="Email">The customer's address.</param>
/// <param name="Title">3 to 120 characters.</param>
/// <param name="Description">10 to 5,000 characters.</param>
/// <param name="Category">What it is about.</param>
/// <param name="Language">ISO 639-1, or <c>und</c>.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="SubmittedAt">When, UTC.</param>
/// <param name="IsSample">Whether it is sample data.</param>
[Message("ticketflow.inquiry-submitted")]
public sealed record InquirySubmitted(
    Guid InquiryId, string Name, string Email, string Title, string Description, InquiryCategory Category, string Language, double Confidence, DateTimeOffset SubmittedAt,
    bool IsSample = false) : IMessage
{
    string? IMessage.Key => InquiryId.ToString();
}

/// <summary>An inquiry is to be translated into English.</summary>
/// <param name="InquiryId">The inquiry.</param>
/// <param name="Language">ISO 639-1, or <c>und</c>.</param>
/// <param name="Title">The title.</param>
/// <param name="Description">The description.</param>
[Message("ticketflow.translation-requested")]
public sealed record TranslationRequested(Guid InquiryId, string Language, string Title, string Description) : IMessage
{
    string? IMessage.Key => InquiryId.ToString();
}

/// <summary>A customer has written more about an inquiry.</summary>
/// <param name="InquiryId">The inquiry.</param>
/// <param name="ReplyId">What was written.</param>
/// <param name="Text">1 to 5,000 characters.</param>
/// <param name="Language">ISO 639-1, or <c>und</c>.</param>
/// <param name="At">When, UTC.</param>
[Message("ticketflow.customer-replied")]
public sealed record CustomerReplied(Guid InquiryId, Guid ReplyId, string Text, string Language, DateTimeOffset At) : IMessage
{
    string? IMessage.Key => InquiryId.ToString();
}

/// <summary>A sample inquiry is removed, with everything that came of it.</summary>
/// <param name="InquiryId">The inquiry.</param>
[Message("ticketflow.sample-removed")]
public sealed record SampleRemoved(Guid InquiryId) : IMessage
{
    string? IMessage.Key => InquiryId.ToString();
}
