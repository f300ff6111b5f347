using System.Buffers.Text;
using System.Security.Cryptography;
using Faultline.Hosting.Data;
using Faultline.Hosting.Http;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Inquiries.Data;
using TicketFlow.Inquiries.Language;

namespace TicketFlow.Inquiries.Endpoints;

/// <summary>POST /inquiries: 202 with id and status link; a repeat with the same Idempotency-Key returns the same.</summary>
internal static class SubmitInquiry
{
    public sealed record Request(string? Name = null, string? Email = null, string? Title = null, string? Description = null, string? Category = null, bool IsSample = false);

    public sealed record Reply(Guid Id, string StatusLink);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/inquiries", HandleAsync).Answers<Reply>("A customer writes", StatusCodes.Status202Accepted, StatusCodes.Status400BadRequest);

    private static async Task<IResult> HandleAsync(
        Request request, IdempotentWrites writes, DbContexts<InquiriesDb> contexts, LanguageDetector detector, Ids ids, TimeProvider time, HttpContext http)
    {
        Dictionary<string, string> problems = InquiryRules.Check(request.Name, request.Email, request.Title, request.Description, request.Category);
        if (problems.Count > 0) return Problems.Of(StatusCodes.Status400BadRequest, "inquiry.invalid", "some fields cannot be accepted", problems);

        // Outside of the transaction: it takes time and changes nothing.
        DetectedLanguage language = detector.Detect($"{request.Title}. {request.Description}");
        return await writes.RunAsync(http, request, (unit, stop) =>
        {
            Inquiry inquiry = InquiryOf(request, language, ids, time);
            InquiriesDb db = contexts.For(unit);
            db.Add(inquiry);
            db.Add(new Entry { InquiryId = inquiry.Id, Kind = "customer", Text = inquiry.Description, At = inquiry.SubmittedAt });
            InquiryRules.TryCategory(request.Category, out InquiryCategory category);
            unit.Publish(new InquirySubmitted(inquiry.Id, inquiry.Name, inquiry.Email, inquiry.Title, inquiry.Description, category, language.Code, language.Confidence, inquiry.SubmittedAt, inquiry.IsSample));
            unit.Publish(new TranslationRequested(inquiry.Id, language.Code, inquiry.Title, inquiry.Description));
            string link = $"/inquiries/{inquiry.Id}/{inquiry.Link}";
            return Task.FromResult(new WriteReply(StatusCodes.Status202Accepted, new Reply(inquiry.Id, link), link));
        });
    }

    private static Inquiry InquiryOf(Request request, DetectedLanguage language, Ids ids, TimeProvider time) => new()
    {
        Id = ids.Next(),
        Link = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(18)),
        Name = request.Name!.Trim(),
        Email = request.Email!.Trim(),
        Title = request.Title!.Trim(),
        Description = request.Description!.Trim(),
        Category = request.Category!,
        Language = language.Code,
        Confidence = language.Confidence,
        Status = "received",
        SubmittedAt = time.GetUtcNow(),
        IsSample = request.IsSample,
    };
}
