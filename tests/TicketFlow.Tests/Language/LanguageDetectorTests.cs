using System.Diagnostics;
using TicketFlow.Inquiries.Language;

namespace TicketFlow.Tests.Language;

public sealed class LanguageDetectorTests(LanguageDetectorFixture fixture) : IClassFixture<LanguageDetectorFixture>
{
    private const string Polish = "Zgubiłem fakturę za marzec i nie wiem, gdzie mogę pobrać jej kopię ze strony.";
    private const string Ukrainian = "Я загубив рахунок за березень і не знаю, де можна завантажити його копію.";

    [Theory]
    [InlineData("")]
    [InlineData("   \n\t ")]
    [InlineData("12345 67890 19.99")]
    [InlineData("asdf qwer")]
    [InlineData("😀 🎉 !!!")]
    [InlineData("ok")]
    [InlineData("the")]
    [InlineData("https://example.com/please/help/me/with/this")]
    [InlineData("please.help@the.office.example.com")]
    public void What_holds_no_sentence_is_undetermined_with_no_confidence(string text) =>
        fixture.Detector.Detect(text).ShouldBe(DetectedLanguage.Undetermined);

    [Fact]
    public void A_clear_text_has_a_high_confidence_and_confidence_stays_in_its_range()
    {
        fixture.Detector.Detect(Polish).Confidence.ShouldBeGreaterThan(0.9);
        foreach ((_, string text) in LanguageTestSet.Load()) fixture.Detector.Detect(text).Confidence.ShouldBeInRange(0, 1);
    }

    [Theory]
    [InlineData("pl", "https://sklep.example.com/koszyk?id=77 admin@example.com FV/2024/03/118 Microsoft Outlook")]
    [InlineData("pl", "🎉🎉 #4711 v2.3.1 NullPointerException C:\\Windows\\System32\\drivers")]
    public void Addresses_numbers_and_names_of_products_do_not_change_the_language(string code, string noise)
    {
        fixture.Detector.Detect($"{noise}\n{Polish}").Code.ShouldBe(code);
        fixture.Detector.Detect($"{Polish} {noise}").Code.ShouldBe(code);
    }

    [Fact]
    public void A_quoted_error_message_does_not_change_the_language()
    {
        fixture.Detector.Detect("Przy starcie programu widzę \"The remote server returned an error, please try again later\" i nic więcej.").Code.ShouldBe("pl");
        fixture.Detector.Detect("Під час запуску бачу \"The remote server returned an error, please try again later\" і більше нічого.").Code.ShouldBe("uk");
    }

    [Fact]
    public void A_log_in_an_inquiry_does_not_change_its_language() =>
        fixture.Detector.Detect($"{Polish}\n   at Shop.Orders.Load(Guid id) in /src/Orders.cs:line 8\nif (order == null) {{ return; }}").Code.ShouldBe("pl");

    [Fact]
    public void Half_and_half_of_two_languages_is_undetermined() =>
        fixture.Detector.Detect("Ich kann die Rechnung nicht finden, bitte helfen Sie mir. I cannot find the invoice, could you please help me.").Code.ShouldBe("und");

    [Fact]
    public void A_script_without_a_majority_is_undetermined() =>
        fixture.Detector.Detect("Не можу знайти рахунок за березень. Nie mogę znaleźć faktury za marzec.").Code.ShouldBe("und");

    [Theory]
    [InlineData("\u200b")]
    [InlineData("\u00ad")]
    [InlineData("\u202e")]
    [InlineData("\ufeff")]
    public void Invisible_characters_inside_words_change_nothing(string invisible) =>
        fixture.Detector.Detect(string.Join(invisible, Polish.ToCharArray())).ShouldBe(fixture.Detector.Detect(Polish));

    [Fact]
    public void Letters_with_combining_marks_are_the_same_letters()
    {
        string apart = Polish.Replace("ó", "o\u0301", StringComparison.Ordinal).Replace("ę", "e\u0328", StringComparison.Ordinal).Replace("ć", "c\u0301", StringComparison.Ordinal);

        fixture.Detector.Detect(apart).ShouldBe(fixture.Detector.Detect(Polish));
        fixture.Detector.Detect(Ukrainian.Replace("й", "и\u0306", StringComparison.Ordinal)).ShouldBe(fixture.Detector.Detect(Ukrainian));
    }

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void Hostile_text_neither_throws_nor_takes_long(string name, string text)
    {
        long start = Stopwatch.GetTimestamp();
        fixture.Detector.Detect(text);

        // Two milliseconds in practice; the limit only catches time that grows with the square of the length.
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(2), name);
    }

    [Fact]
    public void Text_behind_the_limit_cannot_change_the_answer()
    {
        string long1 = string.Join(' ', Enumerable.Repeat(Polish, 200));

        fixture.Detector.Detect(long1 + string.Join(' ', Enumerable.Repeat("and this is English again", 4_000))).ShouldBe(fixture.Detector.Detect(long1));
    }

    [Fact]
    public void Many_threads_get_the_same_answers()
    {
        IReadOnlyList<(string Code, string Text)> rows = LanguageTestSet.Load();
        var alone = rows.Select(row => fixture.Detector.Detect(row.Text)).ToList();

        var together = rows.AsParallel().AsOrdered().Select(row => fixture.Detector.Detect(row.Text)).ToList();

        together.ShouldBe(alone);
    }

    public static TheoryData<string, string> HostileTexts() => new()
    {
        { "one letter", new string('a', 100_000) },
        { "marks", "a" + new string('\u0301', 100_000) },
        { "zero width", new string('\u200b', 100_000) },
        { "lone surrogates", string.Concat(Enumerable.Repeat("a\ud800 \udc00b ", 20_000)) },
        { "open tags", string.Concat(Enumerable.Repeat("<a", 50_000)) },
        { "quotes", new string('"', 100_001) },
        { "right to left", string.Concat(Enumerable.Repeat("\u202eabc\u202c שלום ", 8_000)) },
        { "NUL", string.Concat(Enumerable.Repeat("a\0b ", 25_000)) },
        { "line breaks", new string('\n', 100_000) },
        { "words", string.Concat(Enumerable.Repeat("proszę o pomoc ", 7_000)) },
        { "top of the plane", string.Concat(Enumerable.Repeat("\uffff\ufffe\ue000\uffdc ", 20_000)) },
    };
}
