using Faultline.Hosting.Data;
using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using TicketFlow.Desk;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Tickets.Data;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>GET /tickets/{id}: everything that the desk knows of a ticket, and what whoever asks may do to it now.</summary>
internal static class ReadTicket
{
    public sealed record Reply(
        Guid Id, string State, int Version, ReplyCustomer Customer, string Category, ReplyOriginal Original, ReplyTranslation? Translation, string? Mark, string? Type, string? Severity, Guid? AssigneeId, string? Assignee,
        ReplyBlock? Block, DateTimeOffset CreatedAt, DateTimeOffset? ResolvedAt, ReplyDeadline? Deadline, IReadOnlyList<ReplyTalk> Conversation, IReadOnlyList<ReplyNote> Notes, IReadOnlyList<ReplyStep> History,
        IReadOnlyList<string> Allowed, bool IsSample);

    public sealed record ReplyCustomer(string Name, string Email);

    public sealed record ReplyOriginal(string Language, string Title, string Description);

    public sealed record ReplyTranslation(string? Title, string? Description, string? Translator, bool IsRoughAid);

    public sealed record ReplyBlock(string? Reason, DateTimeOffset Since);

    public sealed record ReplyDeadline(string Agreement, DateTimeOffset DueAt, long BlockedMs, DateTimeOffset? StoppedAt, string Outcome, int Breaches);

    public sealed record ReplyTalk(
        Guid Id, string Kind, string Author, string Text, string Language, string? TranslatedText, string? TranslatedLanguage, string? Translator, bool IsRoughAid, string? NotTranslated, DateTimeOffset At);

    public sealed record ReplyNote(Guid Id, string Author, string Text, DateTimeOffset At);

    public sealed record ReplyStep(string Event, string? From, string To, int Version, string? By, string? Detail, DateTimeOffset At);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/tickets/{id:guid}", HandleAsync).Answers<Reply>("Everything that the desk knows of a ticket", StatusCodes.Status200OK, StatusCodes.Status401Unauthorized, StatusCodes.Status404NotFound).RequireDesk();

    private static async Task<IResult> HandleAsync(Guid id, DbContexts<TicketsDb> contexts, NpgsqlDataSource database, HttpContext http)
    {
        CancellationToken stop = http.RequestAborted;
        await using TicketsDb db = contexts.ForReading(database);
        if (await db.Tickets.SingleOrDefaultAsync(row => row.Id == id, stop) is not { } ticket) return TicketActions.Unknown(id);

        string? assignee = await db.People.Where(person => person.Id == ticket.AssigneeId).Select(person => person.Name).SingleOrDefaultAsync(stop);
        ReplyNote[] notes = await db.Notes.Where(note => note.TicketId == id).OrderBy(note => note.At).Select(note => new ReplyNote(note.Id, note.Author, note.Text, note.At)).ToArrayAsync(stop);
        ReplyStep[] history = await db.Steps.Where(step => step.TicketId == id).OrderBy(step => step.Id)
            .Select(step => new ReplyStep(step.Event, step.FromState, step.ToState, step.Version, step.By, step.Detail, step.At)).ToArrayAsync(stop);
        return Results.Ok(new Reply(
            ticket.Id, TicketWords.Of(ticket.State), ticket.Version, new ReplyCustomer(ticket.Customer, ticket.Email), ticket.Category, new ReplyOriginal(ticket.Language, ticket.Title, ticket.Description),
            ticket.EnglishTitle is null ? null : new ReplyTranslation(ticket.EnglishTitle, ticket.EnglishDescription, ticket.Translator, ticket.IsRoughAid), ticket.Mark,
            ticket.Kind is { } kind ? TicketWords.Of(kind) : null, ticket.Severity is { } severity ? TicketWords.Of(severity) : null, ticket.AssigneeId, assignee,
            ticket.BlockedAt is { } since ? new ReplyBlock(ticket.BlockReason, since) : null, ticket.CreatedAt, ticket.ResolvedAt, DeadlineOf(ticket), await TalksAsync(db, id, stop), notes, history, Allowed(ticket, http.Person()), ticket.IsSample));
    }

    private static ReplyDeadline? DeadlineOf(Ticket ticket) => ticket is { Agreement: { } agreement, DueAt: { } dueAt, Outcome: { } outcome }
        ? new ReplyDeadline(agreement, dueAt, ticket.BlockedMs, ticket.StoppedAt, TicketWords.Of(outcome), ticket.Breaches)
        : null;

    private static async Task<ReplyTalk[]> TalksAsync(TicketsDb db, Guid id, CancellationToken stop) => await (
        from talk in db.Talks
        where talk.TicketId == id
        join translation in db.TalkTranslations on talk.Id equals translation.TextId into translations
        from translation in translations.DefaultIfEmpty()
        orderby talk.At, talk.Id
        select new ReplyTalk(
            talk.Id, talk.Kind, talk.Author, talk.Text, talk.Language, translation == null ? null : translation.Text, translation == null ? null : translation.Language, translation == null ? null : translation.Translator,
            translation != null && translation.IsRoughAid, translation == null ? null : translation.NotTranslated, talk.At)).ToArrayAsync(stop);

    /// <summary>What a person may do, in the words of the requests; the state table decides, and whose ticket it is.</summary>
    private static IReadOnlyList<string> Allowed(Ticket ticket, DeskPerson person)
    {
        if (TicketActions.BelongsToAnother(ticket, person) is not null) return ["note"];

        bool isSupervisor = person.Role == DeskRole.Supervisor;
        IEnumerable<string> verbs = TicketStates.Allowed(ticket.State)
            .Where(happened => isSupervisor || happened != TicketEvent.Qualified)
            .Where(happened => isSupervisor || happened != TicketEvent.Assigned || ticket.AssigneeId is null)
            .Select(TicketStates.ActionOf).OfType<string>();
        return ticket.State == TicketState.Resolved ? ["note"] : [.. verbs, "reply", "note"];
    }
}
