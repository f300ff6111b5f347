using System.Text.Json;
using Faultline.Triggers;
using Faultline.Verification.Experiments;
using TicketFlow.Checks.Samples;

namespace TicketFlow.Checks.Workloads;

/// <summary>Sample data for the desk: inquiries in nine languages, customers with and without agreements, tickets in every state. Each is a sample by its mark, and is made once, by its key.</summary>
internal sealed class SampleDesk : ISampleData
{
    /// <summary>How many inquiries.</summary>
    public const int Count = 45;

    private const ulong SeedOfSamples = 20_260_101;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Five companies have signed an agreement; the other addresses are of people without one.</summary>
    private static readonly string[] Domains = ["northwind.example", "mail.example", "fabrikam.example", "post.example", "contoso.example", "premium.example", "customers.example", "vip.example"];
    private static readonly string[] Severities = ["low", "medium", "low", "high", "medium"];

    private readonly DeskTokens _tokens = new();

    public string Says => "inquiries in nine languages, with their tickets";

    public async Task<SampleOutcome> LoadAsync(SampleCall call, CancellationToken stop)
    {
        int made = 0;
        for (int number = 0; number < Count; number++)
        {
            var visit = new DeskVisit(CallOf(call, $"sample-{number:000}", number), _tokens);
            try
            {
                await visit.SubmitAsync(BodyOf(InquiryOf(number)), stop);
                // It was made before and removed since: then all were.
                if (!await visit.IsThereAsync(stop)) return new SampleOutcome(0);
                await WorkAsync(visit, number, stop);
                made++;
            }
            catch (StepException failed)
            {
                return new SampleOutcome(made, failed.Message);
            }
        }

        return new SampleOutcome(made);
    }

    public async Task<SampleOutcome> RemoveAsync(SampleCall call, CancellationToken stop)
    {
        string key = call.Time.GetUtcNow().ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var visit = new DeskVisit(CallOf(call, $"samples-removal-{key}", 0), _tokens);
        try
        {
            return new SampleOutcome(await visit.RemoveSamplesAsync(DeskVisit.Supervisors[0], stop));
        }
        catch (StepException failed)
        {
            return new SampleOutcome(0, failed.Message);
        }
    }

    /// <summary>Brings a ticket to where this sample is to be found.</summary>
    private static async Task WorkAsync(DeskVisit visit, int number, CancellationToken stop)
    {
        string supervisor = DeskVisit.Supervisors[number % 2], agent = DeskVisit.Agents[number % 6];
        int story = number % 9;
        if (story is 0 or 5) return; // Nobody has looked at it yet.

        await visit.SeeAsync(supervisor, ticket => ticket.GetProperty("state").GetString() != "awaiting-translation", stop);
        await visit.ActAsync(supervisor, "qualification", new { type = number % 4 == 1 ? "incident" : "question", severity = Severities[number % Severities.Length] }, stop, isSeen: false);
        if (story == 1) return; // Nobody works on it.

        await visit.ActAsync(supervisor, "assignment", new { personId = await visit.PersonAsync(agent, stop) }, stop, isSeen: false);
        if (story is 2 or 6) return;

        await visit.ActAsync(agent, "replies", new { text = "Thank you for your inquiry. I look into it and come back to you." }, stop, isSeen: false);
        if (story == 7) await visit.ActAsync(agent, "notes", new { text = "Same as last month; ask the warehouse." }, stop, isSeen: false);
        if (story is 3 or 7) await visit.ActAsync(agent, "block", new { reason = story == 3 ? "waits for the customer" : "waits for the warehouse" }, stop, isSeen: false);
        if (story is 4 or 8) await visit.ActAsync(agent, "resolution", new { text = "It is solved. Thank you for your patience, and please write again if it comes back." }, stop, isSeen: false);
    }

    private static byte[] BodyOf(SampleInquiry inquiry) => JsonSerializer.SerializeToUtf8Bytes(new { inquiry.Name, inquiry.Email, inquiry.Title, inquiry.Description, inquiry.Category, IsSample = true }, JsonSerializerOptions.Web);

    /// <summary>An inquiry in each language in turn, by a customer of each company in turn.</summary>
    private static SampleInquiry InquiryOf(int number)
    {
        var samples = new SampleInquiries(SeedOfSamples);
        string language = SampleInquiries.KnownLanguages[number % SampleInquiries.KnownLanguages.Count];
        long index = number * 1_000L;
        SampleInquiry inquiry = samples.At(index);
        while (inquiry.Language != language || inquiry.Description.Length is < 60 or > 600) inquiry = samples.At(++index);
        return inquiry with { Email = $"customer{number}@{Domains[number % Domains.Length]}" };
    }

    private static WorkloadCall CallOf(SampleCall call, string operation, int number) =>
        new("samples", operation, "", number, new Seed(SeedOfSamples), new Dictionary<string, JsonElement>(), call.Http, call.AddressOf, Limit, call.Time);
}
