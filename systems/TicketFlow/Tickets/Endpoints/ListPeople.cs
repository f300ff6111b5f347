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

/// <summary>GET /people: who works at the desk, and how much each has to do.</summary>
internal static class ListPeople
{
    public sealed record Reply(IReadOnlyList<ReplyPerson> People);

    public sealed record ReplyPerson(Guid Id, string Name, string Role, int OpenTickets);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/people", HandleAsync).Answers<Reply>("Who works at the desk", StatusCodes.Status200OK, StatusCodes.Status401Unauthorized).RequireDesk();

    private static async Task<Reply> HandleAsync(DbContexts<TicketsDb> contexts, NpgsqlDataSource database, HttpContext http)
    {
        await using TicketsDb db = contexts.ForReading(database);
        var people = await db.People.OrderBy(person => person.Name)
            .Select(person => new { person.Id, person.Name, person.Role, Open = db.Tickets.Count(ticket => ticket.AssigneeId == person.Id && ticket.State != TicketState.Resolved) })
            .ToArrayAsync(http.RequestAborted);
        return new Reply([.. people.Select(person => new ReplyPerson(person.Id, person.Name, TicketWords.Of(person.Role), person.Open))]);
    }
}
