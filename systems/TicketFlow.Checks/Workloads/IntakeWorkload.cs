using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Verification.Experiments;
using TicketFlow.Checks.Samples;

namespace TicketFlow.Checks.Workloads;

/// <summary>Customers from anywhere submit inquiries in their own language, and submit again, with the same key, while they do not know whether it arrived.</summary>
internal sealed class IntakeWorkload : IWorkload
{
    private const string Foreign = "foreign";

    public WorkloadDescription Description { get; } = new("intake", "customers submit inquiries in many languages; while the outcome is unknown they send again with the same key", Foreign);

    public Task<OperationEnd> RunAsync(WorkloadCall call, CancellationToken stop)
    {
        bool foreignOnly = call.Parameters.TryGetValue(Foreign, out JsonElement foreign) && foreign.ValueKind == JsonValueKind.True;
        return Submission.SendAsync(call, BodyOf(InquiryOf(call, foreignOnly)), "application/json", stop);
    }

    /// <summary>The inquiry of an operation.</summary>
    internal static SampleInquiry InquiryOf(WorkloadCall call, bool foreignOnly)
    {
        var samples = new SampleInquiries(call.Seed.Value);
        SampleInquiry inquiry = samples.At(call.Number);
        // An inquiry that must be translated goes the long way round.
        for (int next = 1; foreignOnly && (inquiry.Language == "en" || !inquiry.IsKnownLanguage); next++) inquiry = samples.At(call.Number + (1_000_003L * next));
        return inquiry;
    }

    internal static byte[] BodyOf(SampleInquiry inquiry) => JsonSerializer.SerializeToUtf8Bytes(new { inquiry.Name, inquiry.Email, inquiry.Title, inquiry.Description, inquiry.Category }, JsonSerializerOptions.Web);
}

/// <summary>Sends one inquiry until it is known what became of it.</summary>
internal static class Submission
{
    public const string Service = "ticketflow/inquiries";

    public static async Task<OperationEnd> SendAsync(WorkloadCall call, byte[] body, string contentType, CancellationToken stop)
    {
        var asking = new Asking(call);
        Answer answer = await asking.AskAsync(new Wish(HttpMethod.Post, Service, "/inquiries") { Body = body, ContentType = contentType, Key = call.OperationId }, stop);
        if (answer.Status == 0) return new OperationEnd(Outcome.Unknown, asking.Attempts, Error: answer.Problem);
        if (answer.IsDone) return new OperationEnd(Outcome.Ok, asking.Attempts, answer.Text("id"), answer.Body);
        return new OperationEnd(Outcome.Failed, asking.Attempts, Reply: answer.Body is { } said ? JsonSerializer.SerializeToElement(new { status = answer.Status, answer = said }) : null, Error: answer.Problem);
    }
}
