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

    public sealed record ReplyEntry(string Kind, string Text, DateTimeOffset At);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/inquiries/{id:guid}/{link}", HandleAsync);

    private static async Task<IResult> HandleAsync(Guid id, string link, DbContexts<InquiriesDb> contexts, NpgsqlDataSource database, HttpContext http)
    {
        await using InquiriesDb db = contexts.ForReading(database);
        Inquiry? inquiry = await db.Inquiries.SingleOrDefaultAsync(row => row.Id == id && row.Link == link, http.RequestAborted);
        if (inquiry is null) return Problems.Of(StatusCodes.Status404NotFound, "inquiry.unknown", "there is no inquiry under this link");

        ReplyEntry[] entries = await db.Entries.Where(entry => entry.InquiryId == id).OrderBy(entry => entry.Id)
            .Select(entry => new ReplyEntry(entry.Kind, entry.Text, entry.At)).ToArrayAsync(http.RequestAborted);
        return Results.Ok(new Reply(inquiry.Id, inquiry.Title, inquiry.Status, inquiry.Language, inquiry.SubmittedAt, entries));
    }
}
