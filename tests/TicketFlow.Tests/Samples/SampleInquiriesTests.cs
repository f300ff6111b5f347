using System.Net.Mail;
using System.Text;
using System.Text.Json;
using TicketFlow.Checks.Samples;
using TicketFlow.Inquiries.Language;

namespace TicketFlow.Tests.Samples;

public sealed class SampleInquiriesTests
{
    private const int Count = 2_000;

    [Fact]
    public void One_seed_gives_the_same_inquiries_in_any_order_and_another_seed_gives_others()
    {
        var samples = new SampleInquiries(7);
        var forwards = samples.From(0, 50).ToList();

        Enumerable.Range(0, 50).Reverse().Select(i => new SampleInquiries(7).At(i)).Reverse().ShouldBe(forwards);
        new SampleInquiries(8).From(0, 50).ShouldNotBe(forwards);
    }

    [Fact]
    public void The_generator_is_the_published_one()
    {
        var chance = new SplitMix64(1234567);

        chance.Next().ShouldBe(6457827717110365317UL);
        chance.Next().ShouldBe(3203168211198807973UL);
    }

    [Fact]
    public void Every_inquiry_is_valid()
    {
        foreach (SampleInquiry sample in new SampleInquiries(1).From(0, Count))
        {
            sample.Title.Length.ShouldBeInRange(3, 120);
            sample.Description.Length.ShouldBeInRange(10, 5_000);
            sample.Description.ShouldNotContain("{");
            sample.Name.ShouldNotBeNullOrWhiteSpace();
            MailAddress.TryCreate(sample.Email, out _).ShouldBeTrue(sample.Email);
            SampleInquiries.Categories.ShouldContain(sample.Category);
        }
    }

    [Fact]
    public void Samples_are_as_varied_as_customers_are()
    {
        var samples = new SampleInquiries(1).From(0, Count).ToList();

        samples.Where(sample => sample.IsKnownLanguage).Select(sample => sample.Language).Distinct().Count().ShouldBe(9);
        samples.Where(sample => !sample.IsKnownLanguage).Select(sample => sample.Language).Distinct().Count().ShouldBeGreaterThan(4);
        samples.Select(sample => sample.Category).Distinct().Count().ShouldBe(4);
        samples.Select(sample => sample.Email.Split('@')[1]).Distinct().Count().ShouldBe(SampleInquiries.Domains.Count);
        samples.Select(sample => sample.Description).Distinct().Count().ShouldBeGreaterThan(Count * 9 / 10);
        samples.Count(sample => sample.Description.Length is >= 60 and <= 400).ShouldBeGreaterThan(Count * 8 / 10);
        samples.ShouldContain(sample => sample.Description.Length > 2_000);
    }

    [Fact]
    public void The_detector_says_of_nearly_all_of_them_what_is_expected()
    {
        var detector = new LanguageDetector();
        var wrong = new SampleInquiries(3).From(0, 1_000)
            .Where(sample => detector.Detect($"{sample.Title}\n{sample.Description}").Code != sample.ExpectedDetection)
            .Select(sample => $"{sample.Language}: {sample.Title} | {sample.Description}").ToList();

        wrong.Count.ShouldBeLessThanOrEqualTo(10, string.Join('\n', wrong));
    }

    [Fact]
    public void Hostile_inquiries_have_names_of_their_own_and_say_what_must_happen()
    {
        IReadOnlyList<HostileInquiry> all = HostileInquiries.All;

        all.Select(hostile => hostile.Name).ShouldBeUnique();
        all.Count(hostile => hostile.IsAccepted).ShouldBeGreaterThan(10);
        all.Count(hostile => !hostile.IsAccepted).ShouldBeGreaterThan(60);
        all.Where(hostile => hostile.IsAccepted).ShouldAllBe(hostile => hostile.Field == null);
        all.Single(hostile => hostile.Name == "body is nothing at all").Body.Length.ShouldBe(0);
        all.ShouldContain(hostile => hostile.Body.Length > 1_000_000);
    }

    [Fact]
    public void What_is_accepted_parses_keeps_to_the_limits_and_holds_no_U_0000()
    {
        foreach (HostileInquiry hostile in HostileInquiries.All.Where(hostile => hostile.IsAccepted))
        {
            Dictionary<string, string> fields = JsonSerializer.Deserialize<Dictionary<string, string>>(hostile.Body.Span)!;

            fields["title"].Length.ShouldBeInRange(3, 120, hostile.Name);
            fields["description"].Length.ShouldBeInRange(10, 5_000, hostile.Name);
            string.Concat(fields.Values).ShouldNotContain("\0", customMessage: hostile.Name);
        }
    }

    [Fact]
    public void The_raw_values_are_in_the_field_that_must_be_named()
    {
        foreach (HostileInquiry hostile in HostileInquiries.All.Where(hostile => hostile.Name.Contains("surrogate", StringComparison.Ordinal)))
        {
            string json = Encoding.UTF8.GetString(hostile.Body.Span);
            json.ShouldMatch($"\"{hostile.Field}\":\"some text \\\\u");
        }

        HostileInquiries.All.Single(hostile => hostile.Name == "title is a list").ToString().ShouldContain("\"title\":[");
    }
}
