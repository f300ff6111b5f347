using Faultline.Hosting.Data;
using Faultline.Hosting.Http;
using Faultline.Messaging.Envelopes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Inquiries.Data;
using TicketFlow.Inquiries.Handlers;
using TicketFlow.Inquiries.Language;
using TicketFlow.Text;

namespace TicketFlow.Inquiries.Endpoints;

/// <summary>POST /inquiries/{id}/{link}/replies: whoever has the link writes more, until the inquiry is answered. A wrong link and a wrong id look the same.</summary>
internal static class ReplyToDesk
{
    public sealed record Request(string? Text = null);

    public sealed record Reply(Guid ReplyId);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/inquiries/{id:guid}/{link}/replies", HandleAsync).Answers<Reply>("A customer writes more", StatusCodes.Status202Accepted, StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);

    private static async Task<IResult> HandleAsync(
        Guid id, string link, Request request, IdempotentWrites writes, DbContexts<InquiriesDb> contexts, LanguageDetector detector, Ids ids, TimeProvider time, HttpContext http)
    {
        if (TextRules.Problem(request.Text, 1, TextRules.CharsMax) is { } problem) return Problems.Of(StatusCodes.Status400BadRequest, "reply.invalid", "some fields cannot be accepted", new Dictionary<string, string> { ["text"] = problem });

        string text = request.Text!.Trim();
        DetectedLanguage detected = detector.Detect(text);
        return await writes.RunAsync(http, new { id, link, request }, async (unit, stop) =>
        {
            InquiriesDb db = contexts.For(unit);
            await unit.LockAsync(StatusEntry.LockOf(id), stop);
            Inquiry? inquiry = await db.Inquiries.FindAsync([id], stop);
            if (inquiry is null || inquiry.Link != link) return WriteReply.Refused(ReadInquiry.Unknown());
            if (inquiry.Status == "resolved") return WriteReply.Refused(Problems.Of(StatusCodes.Status409Conflict, "inquiry.answered", "this inquiry is answered; write a new one"));

            var entry = new Entry { InquiryId = id, Kind = "customer", Text = text, TextId = ids.Next(), At = time.GetUtcNow() };
            db.Add(entry);
            // A few words seldom show a language; then it is the one of the inquiry.
            string language = detected.Code == "und" ? inquiry.Language : detected.Code;
            unit.Publish(new CustomerReplied(id, entry.TextId.Value, text, language, entry.At));
            return new WriteReply(StatusCodes.Status202Accepted, new Reply(entry.TextId.Value));
        });
    }
}
