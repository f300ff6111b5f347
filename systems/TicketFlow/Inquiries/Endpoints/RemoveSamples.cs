using Faultline.Hosting.Data;
using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using TicketFlow.Desk;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Inquiries.Data;
using TicketFlow.Samples;

namespace TicketFlow.Inquiries.Endpoints;

/// <summary>POST /samples/removal: a supervisor removes all sample data, here and, by a message, in all services. What real customers wrote stays.</summary>
internal static class RemoveSamples
{
    private const int AtOnceMax = 500;

    public sealed record Reply(int Removed);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/samples/removal", HandleAsync)
        .Answers<Reply>("Removes all sample data", StatusCodes.Status200OK, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden).RequireDesk(DeskRole.Supervisor);

    private static Task<IResult> HandleAsync(IdempotentWrites writes, DbContexts<InquiriesDb> contexts, HttpContext http) => writes.RunAsync(http, "samples", async (unit, stop) =>
    {
        InquiriesDb db = contexts.For(unit);
        Guid[] samples = await db.Inquiries.Where(inquiry => inquiry.IsSample).OrderBy(inquiry => inquiry.Id).Select(inquiry => inquiry.Id).Take(AtOnceMax).ToArrayAsync(stop);
        foreach (Guid id in samples)
        {
            RemovedSamples.Remove(
                unit, id, "delete from text_translation t using entry e where e.inquiry_id = $1 and e.text_id = t.text_id", "delete from entry where inquiry_id = $1", "delete from inquiry where id = $1");
            unit.Publish(new SampleRemoved(id));
        }

        return new WriteReply(StatusCodes.Status200OK, new Reply(samples.Length));
    });
}
