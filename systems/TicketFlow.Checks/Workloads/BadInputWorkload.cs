using System.Text.Json;
using Faultline.Verification.Experiments;
using TicketFlow.Checks.Samples;

namespace TicketFlow.Checks.Workloads;

/// <summary>Invalid, oversized and hostile input: each is accepted or refused as it should be, nothing breaks, and nothing is stored half.</summary>
internal sealed class BadInputWorkload : IWorkload
{
    /// <summary>How many there are.</summary>
    public static int Count => HostileInquiries.All.Count;

    public WorkloadDescription Description { get; } = new("bad-input", "invalid, oversized and hostile input; nothing breaks and nothing is stored half");

    public async Task<OperationEnd> RunAsync(WorkloadCall call, CancellationToken stop)
    {
        HostileInquiry input = HostileInquiries.All[(int)((call.Number - 1) % Count)];
        OperationEnd end = await Submission.SendAsync(call, input.Body.ToArray(), input.ContentType, stop);
        bool named = input.Field is null || (end.Reply?.GetRawText().Contains(input.Field, StringComparison.OrdinalIgnoreCase) ?? false);
        return end with { Reply = JsonSerializer.SerializeToElement(new { input = input.Name.Length > 80 ? input.Name[..80] : input.Name, accept = input.IsAccepted, named }) };
    }
}
