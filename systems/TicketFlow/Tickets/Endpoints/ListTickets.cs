using Faultline.Hosting.Data;
using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using TicketFlow.Desk;
using TicketFlow.Sla.Contracts;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Tickets.Data;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>GET /tickets: those that fit a filter, newest first, a page at a time.</summary>
internal static class ListTickets
{
    private const int LimitMax = 200;
    private const int TextCharsMax = 120;

    public sealed record Reply(IReadOnlyList<Row> Tickets, string? Next);

    public sealed record Row(
        Guid Id, string State, int Version, string Title, string? EnglishTitle, string Customer, string Category, string Language, string? Type, string? Severity, string? Assignee, string? Mark,
        DateTimeOffset CreatedAt, DateTimeOffset? DueAt, string? Deadline, bool IsSample);

    /// <summary>What is asked for, as the query says it.</summary>
    public sealed record Filter(string? State = null, string? Severity = null, string? Assignee = null, string? Deadline = null, string? Text = null, Guid? After = null, int? Limit = null);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/tickets", HandleAsync).Answers<Reply>("Tickets that fit a filter, newest first", StatusCodes.Status200OK, StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized).RequireDesk();

    private static async Task<IResult> HandleAsync([AsParameters] Filter filter, DbContexts<TicketsDb> contexts, NpgsqlDataSource database, HttpContext http)
    {
        var problems = new Dictionary<string, string>();
        TicketState? state = Word<TicketState>(filter.State, "state", problems);
        Severity? severity = Word<Severity>(filter.Severity, "severity", problems);
        DeadlineOutcome? deadline = Word<DeadlineOutcome>(filter.Deadline, "deadline", problems);
        Guid assignee = Guid.Empty;
        if (filter.Assignee is { Length: > 0 } and not ("me" or "nobody") && !Guid.TryParse(filter.Assignee, out assignee)) problems["assignee"] = "must be me, nobody, or the id of somebody of the desk";
        if (filter.Limit is < 1 or > LimitMax) problems["limit"] = $"must be 1 to {LimitMax}";
        if (filter.Text?.Length > TextCharsMax || filter.Text?.Contains('\0') == true) problems["text"] = $"must have at most {TextCharsMax} characters, and none that is U+0000";
        if (problems.Count > 0) return Problems.Of(StatusCodes.Status400BadRequest, "filter.invalid", "some fields cannot be accepted", problems);

        if (filter.Assignee == "me") assignee = http.Person().Id;
        await using TicketsDb db = contexts.ForReading(database);
        IQueryable<Ticket> tickets = db.Tickets;
        if (state is not null) tickets = tickets.Where(ticket => ticket.State == state);
        if (severity is not null) tickets = tickets.Where(ticket => ticket.Severity == severity);
        if (deadline is not null) tickets = tickets.Where(ticket => ticket.Outcome == deadline);
        if (filter.Assignee == "nobody") tickets = tickets.Where(ticket => ticket.AssigneeId == null);
        else if (filter.Assignee is { Length: > 0 }) tickets = tickets.Where(ticket => ticket.AssigneeId == assignee);
        if (filter.Text?.Trim() is { Length: > 0 } text)
        {
            string pattern = $"%{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
            tickets = tickets.Where(ticket =>
                EF.Functions.ILike(ticket.Title, pattern, "\\") || EF.Functions.ILike(ticket.EnglishTitle ?? "", pattern, "\\") || EF.Functions.ILike(ticket.Customer, pattern, "\\") || EF.Functions.ILike(ticket.Email, pattern, "\\"));
        }

        // Ids are UUIDv7: their order is that of creation.
        if (filter.After is { } after) tickets = tickets.Where(ticket => ticket.Id < after);
        int limit = filter.Limit ?? 50;
        var found = await (
            from ticket in tickets
            join person in db.People on ticket.AssigneeId equals person.Id into people
            from person in people.DefaultIfEmpty()
            orderby ticket.Id descending
            select new { Ticket = ticket, Assignee = person == null ? null : person.Name }).Take(limit + 1).ToArrayAsync(http.RequestAborted);
        return Results.Ok(new Reply([.. found.Take(limit).Select(row => RowOf(row.Ticket, row.Assignee))], found.Length > limit ? found[limit - 1].Ticket.Id.ToString() : null));
    }

    private static Row RowOf(Ticket ticket, string? assignee) => new(
        ticket.Id, TicketWords.Of(ticket.State), ticket.Version, ticket.Title, ticket.EnglishTitle, ticket.Customer, ticket.Category, ticket.Language, ticket.Kind is { } kind ? TicketWords.Of(kind) : null,
        ticket.Severity is { } severity ? TicketWords.Of(severity) : null, assignee, ticket.Mark, ticket.CreatedAt, ticket.DueAt, ticket.Outcome is { } outcome ? TicketWords.Of(outcome) : null, ticket.IsSample);

    private static T? Word<T>(string? word, string field, Dictionary<string, string> problems)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(word)) return null;
        if (TicketWords.TryRead(word, out T value)) return value;
        problems[field] = $"must be one of {TicketWords.All<T>()}";
        return null;
    }
}
