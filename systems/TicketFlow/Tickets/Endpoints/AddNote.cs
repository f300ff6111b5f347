using Faultline.Hosting.Data;
using Faultline.Hosting.Http;
using Faultline.Messaging.Envelopes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TicketFlow.Desk;
using TicketFlow.Text;
using TicketFlow.Tickets.Data;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>POST /tickets/{id}/notes: something that the desk tells itself; no customer ever sees it. Any ticket, in any state.</summary>
internal static class AddNote
{
    public sealed record Request(string? Text = null);

    public sealed record Reply(Guid NoteId);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/tickets/{id:guid}/notes", HandleAsync).Answers<Reply>("Adds a note that stays inside", StatusCodes.Status201Created, StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound).RequireDesk();

    private static async Task<IResult> HandleAsync(Guid id, Request request, IdempotentWrites writes, DbContexts<TicketsDb> contexts, Ids ids, TimeProvider time, HttpContext http)
    {
        if (TextRules.Problem(request.Text, 1, TextRules.CharsMax) is { } problem) return Problems.Of(StatusCodes.Status400BadRequest, "note.invalid", "some fields cannot be accepted", new Dictionary<string, string> { ["text"] = problem });

        DeskPerson by = http.Person();
        return await writes.RunAsync(http, new { id, by = by.Id, note = request }, async (unit, stop) =>
        {
            TicketsDb db = contexts.For(unit);
            if (await db.Tickets.FindAsync([id], stop) is null) return WriteReply.Refused(TicketActions.Unknown(id));

            var note = new Note { Id = ids.Next(), TicketId = id, Author = by.Name, Text = request.Text!.Trim(), At = time.GetUtcNow() };
            db.Add(note);
            return new WriteReply(StatusCodes.Status201Created, new Reply(note.Id));
        });
    }
}
