namespace TicketFlow.Checks.Samples;

/// <summary>An inquiry that a customer could write.</summary>
/// <param name="Language">ISO 639-1 code of the language that it is written in.</param>
/// <param name="IsKnownLanguage">Whether TicketFlow tells that language apart; of another one it must say "und".</param>
/// <param name="Name">Name of the customer.</param>
/// <param name="Email">Address of the customer; its domain decides on the agreement.</param>
/// <param name="Title">3 to 120 characters.</param>
/// <param name="Description">10 to 5,000 characters, mostly 60 to 400.</param>
/// <param name="Category">One of <see cref="SampleInquiries.Categories"/>.</param>
internal sealed record SampleInquiry(string Language, bool IsKnownLanguage, string Name, string Email, string Title, string Description, string Category)
{
    /// <summary>What a right detector says.</summary>
    public string ExpectedDetection => IsKnownLanguage ? Language : "und";
}
