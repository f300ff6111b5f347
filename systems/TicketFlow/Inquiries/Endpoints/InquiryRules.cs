using System.Text.RegularExpressions;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Text;

namespace TicketFlow.Inquiries.Endpoints;

/// <summary>What an inquiry must be. Pure.</summary>
internal static partial class InquiryRules
{
    private const int NameMax = 100;
    private const int EmailMax = 254;

    /// <summary>Problems by field; empty when there are none.</summary>
    public static Dictionary<string, string> Check(string? name, string? email, string? title, string? description, string? category)
    {
        var problems = new Dictionary<string, string>();
        Text(problems, "name", name, 1, NameMax);
        Text(problems, "title", title, 3, 120);
        Text(problems, "description", description, 10, TextRules.CharsMax);
        if (email is null || email.Trim().Length > EmailMax || !Email().IsMatch(email.Trim())) problems["email"] = $"must be an e-mail address of at most {EmailMax} characters";
        if (!TryCategory(category, out _)) problems["category"] = "must be one of general, technical, billing, other";
        return problems;
    }

    /// <summary>Reads a category.</summary>
    public static bool TryCategory(string? text, out InquiryCategory category)
    {
        (bool known, category) = text switch
        {
            "general" => (true, InquiryCategory.General),
            "technical" => (true, InquiryCategory.Technical),
            "billing" => (true, InquiryCategory.Billing),
            "other" => (true, InquiryCategory.Other),
            _ => (false, InquiryCategory.Other),
        };
        return known;
    }

    private static void Text(Dictionary<string, string> problems, string field, string? value, int min, int max)
    {
        if (TextRules.Problem(value, min, max) is { } problem) problems[field] = problem;
    }

    [GeneratedRegex(@"^[^\s@\p{C}""(),:;<>\[\]\\]+@[^\s@\p{C}""(),:;<>\[\]\\.]+(\.[^\s@\p{C}""(),:;<>\[\]\\.]+)+$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Email();
}
