using Faultline.Hosting.Data;
using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using TicketFlow.Communication.Contracts;
using TicketFlow.Desk;
using TicketFlow.Tickets.Data;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>GET /messages: alerts, reminders and answers that went to people, newest first.</summary>
internal static class ListNotices
{
    private const int LimitMax = 200;

    public sealed record Reply(IReadOnlyList<Row> Messages);

    public sealed record Row(string Id, string Kind, Guid? TicketId, string Recipients, string Subject, string Text, DateTimeOffset At);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/messages", HandleAsync).Answers<Reply>("Messages that went to people, newest first", StatusCodes.Status200OK, StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized).RequireDesk();

    private static async Task<IResult> HandleAsync(string? kind, Guid? ticket, int? limit, DbContexts<TicketsDb> contexts, NpgsqlDataSource database, HttpContext http)
    {
        var problems = new Dictionary<string, string>();
        if (!string.IsNullOrEmpty(kind) && !TicketWords.TryRead<LetterKind>(kind, out _)) problems["kind"] = $"must be one of {TicketWords.All<LetterKind>()}";
        if (limit is < 1 or > LimitMax) problems["limit"] = $"must be 1 to {LimitMax}";
        if (problems.Count > 0) return Problems.Of(StatusCodes.Status400BadRequest, "filter.invalid", "some fields cannot be accepted", problems);

        await using TicketsDb db = contexts.ForReading(database);
        IQueryable<Notice> notices = db.Notices;
        if (!string.IsNullOrEmpty(kind)) notices = notices.Where(notice => notice.Kind == kind);
        if (ticket is not null) notices = notices.Where(notice => notice.TicketId == ticket);
        return Results.Ok(new Reply(await notices.OrderByDescending(notice => notice.At).ThenBy(notice => notice.Id).Take(limit ?? 50)
            .Select(notice => new Row(notice.Id, notice.Kind, notice.TicketId, notice.Recipients, notice.Subject, notice.Text, notice.At)).ToArrayAsync(http.RequestAborted)));
    }
}
