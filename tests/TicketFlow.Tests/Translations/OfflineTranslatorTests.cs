using TicketFlow.Inquiries.Language;
using TicketFlow.Tests.Language;
using TicketFlow.Translations.Providers;

namespace TicketFlow.Tests.Translations;

public sealed class OfflineTranslatorTests
{
    private static readonly OfflineTranslator Translator = new();

    public static TheoryData<string> Languages() => [.. LanguageDetector.KnownLanguages.Where(code => code != "en")];

    [Theory]
    [InlineData("pl", "Zapomniałem hasła", "I forgot my password")]
    [InlineData("de", "Ich habe mein Passwort vergessen.", "I forgot my password.")]
    [InlineData("fr", "J'ai oublié mon mot de passe !", "I forgot my password !")]
    [InlineData("es", "¡Olvidé mi contraseña!", "I forgot my password!")]
    [InlineData("it", "Ho dimenticato la password", "I forgot my password")]
    [InlineData("pt", "Esqueci a minha senha", "I forgot my password")]
    [InlineData("tr", "Şifremi unuttum", "I forgot my password")]
    [InlineData("uk", "Я забула пароль", "I forgot my password")]
    public async Task A_phrase_of_the_book_is_translated_whole(string language, string text, string english) =>
        (await ToEnglishAsync(language, text)).Body.ShouldBe(english);

    [Fact]
    public async Task The_longest_phrase_wins_over_its_words() =>
        (await ToEnglishAsync("pl", "komunikat o błędzie")).Body.ShouldBe("error message");

    [Fact]
    public async Task A_word_that_is_not_in_the_book_is_marked_and_counted()
    {
        TranslationResult result = await ToEnglishAsync("pl", "Drukarka skrzypi, ale drukuje jakoś.");

        result.Body.ShouldBe("Printer [[skrzypi]], but [[drukuje]] [[jakoś]].");
        result.WordsTotal.ShouldBe(5);
        result.WordsUntranslated.ShouldBe(3);
        result.TranslatedShare.ShouldBe(0.4, 0.001);
    }

    [Fact]
    public async Task Punctuation_line_breaks_numbers_and_addresses_stay()
    {
        TranslationResult result = await ToEnglishAsync("de", "Hallo,\n\nRechnung 2024/118: https://example.com/a?b=c oder ann@example.com!\r\nDanke  ");

        result.Body.ShouldBe("Hello,\n\nInvoice 2024/118: https://example.com/a?b=c or ann@example.com!\r\nThank you  ");
        result.WordsUntranslated.ShouldBe(0);
    }

    [Fact]
    public async Task German_nouns_lose_their_capital_inside_an_English_sentence() =>
        (await ToEnglishAsync("de", "Der Drucker funktioniert nicht.")).Body.ShouldBe("The printer does not work.");

    [Fact]
    public async Task Capitals_stay_capitals() =>
        (await ToEnglishAsync("pl", "DRUKARKA NIE DZIAŁA")).Body.ShouldBe("PRINTER DOES NOT WORK");

    [Fact]
    public async Task Text_typed_without_accents_is_found() =>
        (await ToEnglishAsync("pl", "nie moge sie zalogowac")).Body.ShouldBe("I cannot log in");

    [Fact]
    public async Task A_word_with_an_apostrophe_is_one_marked_word() =>
        (await ToEnglishAsync("uk", "кар'єра")).Body.ShouldBe("[[кар'єра]]");

    [Fact]
    public async Task Elided_articles_do_not_stick_to_the_next_word() =>
        (await ToEnglishAsync("fr", "j'ai besoin d'une facture")).Body.ShouldBe("I need a invoice");

    [Fact]
    public async Task An_answer_goes_back_into_the_language_of_the_customer()
    {
        TranslationResult result = await Translator.TranslateAsync(
            new TranslationText("en", "pl", "", "Hello, the problem is solved. Please try again."), TestContext.Current.CancellationToken);

        result.Body.ShouldBe("Cześć, problem został rozwiązany. Proszę spróbować ponownie.");
        result.Title.ShouldBe("");
        result.Quality.ShouldBe(TranslationQuality.RoughAid);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Every_answer_phrase_exists_in_every_language(string language)
    {
        const string Answer = "Thank you. Your password has been reset. We are working on it. If you have any questions, please send us an invoice number.";

        TranslationResult result = await Translator.TranslateAsync(new TranslationText("en", language, "Password", Answer), TestContext.Current.CancellationToken);

        result.Body.ShouldNotContain("[[");
        result.WordsUntranslated.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Part_of_the_words_of_real_inquiries_is_translated(string language)
    {
        double share = 0;
        var texts = LanguageTestSet.Load().Where(row => row.Code == language).Select(row => row.Text).ToList();
        foreach (string text in texts) share += (await ToEnglishAsync(language, text)).TranslatedShare / texts.Count;

        TestContext.Current.TestOutputHelper!.WriteLine($"{language}: {share:P0} of the words of an inquiry, in the mean");
        share.ShouldBeGreaterThan(0.2);
    }

    [Fact]
    public async Task A_text_in_the_wanted_language_comes_back_as_it_is()
    {
        TranslationResult result = await ToEnglishAsync("en", "Hello there");

        result.Body.ShouldBe("Hello there");
        result.Quality.ShouldBe(TranslationQuality.Original);
        result.TranslatedShare.ShouldBe(1);
    }

    [Theory]
    [InlineData("und", "en")]
    [InlineData("nl", "en")]
    [InlineData("pl", "de")]
    public async Task A_pair_without_a_book_is_refused_for_good_and_the_message_names_it(string source, string target)
    {
        TranslationFailedException error = await Should.ThrowAsync<TranslationFailedException>(
            async () => await Translator.TranslateAsync(new TranslationText(source, target, "t", "b"), TestContext.Current.CancellationToken));

        error.IsDefinite.ShouldBeTrue();
        error.Message.ShouldContain($"'{source}'");
        error.Message.ShouldContain("pl");
    }

    [Fact]
    public async Task A_text_over_the_limits_is_refused_and_one_at_the_limits_is_not()
    {
        TranslationFailedException title = await Should.ThrowAsync<TranslationFailedException>(
            async () => await Translator.TranslateAsync(new TranslationText("pl", "en", new string('t', 121), "b"), TestContext.Current.CancellationToken));
        TranslationFailedException body = await Should.ThrowAsync<TranslationFailedException>(
            async () => await Translator.TranslateAsync(new TranslationText("pl", "en", "t", new string('b', 5_001)), TestContext.Current.CancellationToken));
        await Translator.TranslateAsync(new TranslationText("pl", "en", new string('t', 120), new string('b', 5_000)), TestContext.Current.CancellationToken);

        title.Message.ShouldContain("121");
        body.Message.ShouldContain("5001");
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\0\ud800 \udc00 \u202e")]
    [InlineData("[[x]] ]] [[")]
    [InlineData("''''''' --- ''a'' l'l'l'")]
    [InlineData("😀 123 !!! ...")]
    public async Task Text_with_nothing_to_translate_never_throws(string text)
    {
        foreach (string language in LanguageDetector.KnownLanguages.Where(code => code != "en"))
        {
            TranslationResult result = await ToEnglishAsync(language, text);
            result.TranslatedShare.ShouldBeInRange(0, 1);
        }
    }

    private static async Task<TranslationResult> ToEnglishAsync(string language, string body) =>
        await Translator.TranslateAsync(new TranslationText(language, "en", "", body), TestContext.Current.CancellationToken);
}
