using Faultline.Hosting.Data;
using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using TicketFlow.Inquiries.Data;

namespace TicketFlow.Inquiries.Endpoints;

/// <summary>GET /inquiries/{id}/{link}: status and conversation, for whoever has the link. A wrong link and a wrong id look the same.</summary>
internal static class ReadInquiry
{
    public sealed record Reply(Guid Id, string Title, string Status, string Language, DateTimeOffset SubmittedAt, IReadOnlyList<ReplyEntry> Conversation);

    public sealed record ReplyEntry(string Kind, string? Author, string Text, string? TranslatedText, string? TranslatedLanguage, string? Translator, bool IsRoughAid, DateTimeOffset At);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/inquiries/{id:guid}/{link}", HandleAsync).Answers<Reply>("Status and conversation, for whoever has the link", StatusCodes.Status200OK, StatusCodes.Status404NotFound);

    /// <summary>Says that there is nothing, and not what of id and link is wrong.</summary>
    public static IResult Unknown() => Problems.Of(StatusCodes.Status404NotFound, "inquiry.unknown", "there is no inquiry under this link");

    private static async Task<IResult> HandleAsync(Guid id, string link, DbContexts<InquiriesDb> contexts, NpgsqlDataSource database, HttpContext http)
    {
        await using InquiriesDb db = contexts.ForReading(database);
        Inquiry? inquiry = await db.Inquiries.SingleOrDefaultAsync(row => row.Id == id && row.Link == link, http.RequestAborted);
        if (inquiry is null) return Unknown();

        ReplyEntry[] entries = await (
            from entry in db.Entries
            where entry.InquiryId == id
            join translation in db.TextTranslations on entry.TextId equals translation.TextId into translations
            from translation in translations.DefaultIfEmpty()
            orderby entry.Id
            select new ReplyEntry(
                entry.Kind, entry.Author, entry.Text,
                // What the customer wrote is in the customer's language already; its translation is for the desk.
                translation == null || entry.Kind == "customer" ? null : translation.Text, translation == null || entry.Kind == "customer" ? null : translation.Language,
                translation == null || entry.Kind == "customer" ? null : translation.Translator, translation != null && entry.Kind != "customer" && translation.IsRoughAid, entry.At)).ToArrayAsync(http.RequestAborted);
        return Results.Ok(new Reply(inquiry.Id, inquiry.Title, inquiry.Status, inquiry.Language, inquiry.SubmittedAt, entries));
    }
}
