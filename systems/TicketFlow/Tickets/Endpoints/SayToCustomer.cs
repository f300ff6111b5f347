using Faultline.Hosting.Data;
using Faultline.Hosting.Http;
using Faultline.Messaging.Envelopes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TicketFlow.Desk;
using TicketFlow.Text;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Tickets.Data;
using TicketFlow.Tickets.Handlers;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>POST /tickets/{id}/replies: the desk writes to the customer before the resolution. It changes no state, and so no version: two may write at once.</summary>
internal static class SayToCustomer
{
    public sealed record Request(string? Text = null);

    public sealed record Reply(Guid ReplyId);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/tickets/{id:guid}/replies", HandleAsync).Answers<Reply>("Writes to the customer", StatusCodes.Status202Accepted, StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict).RequireDesk();

    private static async Task<IResult> HandleAsync(Guid id, Request request, IdempotentWrites writes, DbContexts<TicketsDb> contexts, Ids ids, TimeProvider time, HttpContext http)
    {
        if (TextRules.Problem(request.Text, 1, TextRules.CharsMax) is { } problem) return Problems.Of(StatusCodes.Status400BadRequest, "reply.invalid", "some fields cannot be accepted", new Dictionary<string, string> { ["text"] = problem });

        DeskPerson by = http.Person();
        return await writes.RunAsync(http, new { id, by = by.Id, reply = request }, async (unit, stop) =>
        {
            TicketsDb db = contexts.For(unit);
            await unit.LockAsync(Translating.LockOf(id), stop);
            if (await db.Tickets.FindAsync([id], stop) is not { } ticket) return WriteReply.Refused(TicketActions.Unknown(id));
            if (TicketActions.BelongsToAnother(ticket, by) is { } refusal) return WriteReply.Refused(refusal);
            if (ticket.State == TicketState.Resolved) return WriteReply.Refused(TicketActions.Conflict(ticket, "a ticket that is resolved has its last answer"));

            var talk = new Talk { Id = ids.Next(), TicketId = id, Kind = "agent", Author = by.Name, Text = request.Text!.Trim(), Language = "en", At = time.GetUtcNow() };
            db.Add(talk);
            unit.Publish(new AgentReplied(id, talk.Id, ticket.Title, talk.Text, ticket.Language, new Contact(ticket.Customer, ticket.Email), by.Name, talk.At));
            return new WriteReply(StatusCodes.Status202Accepted, new Reply(talk.Id));
        });
    }
}
