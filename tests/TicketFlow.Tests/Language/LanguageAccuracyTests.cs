using TicketFlow.Text;
using TicketFlow.Inquiries.Language;

namespace TicketFlow.Tests.Language;

public sealed class LanguageAccuracyTests(LanguageDetectorFixture fixture, ITestOutputHelper output) : IClassFixture<LanguageDetectorFixture>
{
    private const double AccuracyMin = 0.95;

    [Fact]
    public void Test_set_has_forty_inquiries_of_each_known_language_and_a_hundred_others()
    {
        ILookup<string, string> texts = LanguageTestSet.Load().ToLookup(row => row.Code, row => row.Text);

        foreach (string known in LanguageDetector.KnownLanguages) texts[known].Count().ShouldBeGreaterThanOrEqualTo(40, known);
        texts["und"].Count().ShouldBeGreaterThanOrEqualTo(100);
        texts.Count.ShouldBe(LanguageDetector.KnownLanguages.Count + 1);
    }

    [Fact]
    public void Test_set_shares_no_sentence_with_the_training_text()
    {
        string training = string.Concat(ProfileTexts().Values);

        foreach ((_, string text) in LanguageTestSet.Load().Where(row => row.Text.Length >= 20))
        {
            training.ShouldNotContain(text.Split('\n')[^1]);
        }
    }

    [Fact]
    public void Accuracy_at_sixty_characters_or_more_is_at_least_95_percent_in_each_language() =>
        Hold("60 characters or more", text => text, text => text.Length >= LanguageTestSet.LongCharsMin, AccuracyMin);

    [Fact]
    public void Accuracy_holds_in_capitals() =>
        Hold("60 characters or more, capitals", text => text.ToUpperInvariant(), text => text.Length >= LanguageTestSet.LongCharsMin, AccuracyMin);

    [Fact]
    public void Accuracy_holds_without_accents() =>
        Hold("60 characters or more, no accents", WithoutAccents, text => text.Length >= LanguageTestSet.LongCharsMin, AccuracyMin);

    [Fact]
    public void Shorter_inquiries_are_mostly_right_and_unknown_languages_stay_undetermined()
    {
        IReadOnlyList<LanguageTestSet.Score> scores = Hold("shorter than 60 characters", text => text, text => text.Length < LanguageTestSet.LongCharsMin, 0.7);

        scores.Single(score => score.Code == "und").Share.ShouldBeGreaterThanOrEqualTo(AccuracyMin);
    }

    [Fact]
    public void A_known_language_is_hardly_ever_taken_for_another_one()
    {
        int wrong = LanguageTestSet.Load().Count(row => fixture.Detector.Detect(row.Text) is { IsDetermined: true } said && said.Code != row.Code);

        wrong.ShouldBeLessThanOrEqualTo(3);
    }

    [Theory]
    [InlineData("nl")]
    [InlineData("sv")]
    [InlineData("cs")]
    [InlineData("ro")]
    [InlineData("hu")]
    [InlineData("id")]
    [InlineData("bg")]
    public void A_language_that_the_profiles_have_never_heard_of_is_undetermined(string left)
    {
        IReadOnlyDictionary<string, string> all = ProfileTexts();
        var detector = new LanguageDetector(LanguageProfiles.Build(new SortedDictionary<string, string>(
            all.Where(profile => profile.Key != left).ToDictionary(), StringComparer.Ordinal)));
        var sentences = all[left].Split('\n').Where(line => line.Length >= LanguageTestSet.LongCharsMin && line[0] != '=').ToList();

        int right = sentences.Count(sentence => !detector.Detect(sentence).IsDetermined);
        output.WriteLine($"{left} without a profile of its own: {right} of {sentences.Count} undetermined");

        right.ShouldBeGreaterThanOrEqualTo((int)(sentences.Count * 0.9));
    }

    private static Dictionary<string, string> ProfileTexts()
    {
        var texts = new Dictionary<string, string>();
        System.Reflection.Assembly assembly = typeof(LanguageDetector).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("language/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            texts.Add(Path.GetFileNameWithoutExtension(name), reader.ReadToEnd());
        }

        return texts;
    }

    private static string WithoutAccents(string text) =>
        string.Concat(text.Select(c => char.IsUpper(c) ? char.ToUpperInvariant(Letters.WithoutAccent(Letters.ToLower(c))) : Letters.WithoutAccent(c)));

    private IReadOnlyList<LanguageTestSet.Score> Hold(string title, Func<string, string> change, Func<string, bool> where, double shareMin)
    {
        IReadOnlyList<LanguageTestSet.Score> scores = LanguageTestSet.Measure(fixture.Detector, change, where);
        output.WriteLine($"{title}: {scores.Sum(score => score.Right)} of {scores.Sum(score => score.All)}\n{string.Join('\n', scores)}");

        scores.Count.ShouldBe(LanguageDetector.KnownLanguages.Count + 1);
        foreach (LanguageTestSet.Score score in scores) score.Share.ShouldBeGreaterThanOrEqualTo(shareMin, score.ToString());
        return scores;
    }
}
