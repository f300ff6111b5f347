using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using TicketFlow.Translations.Providers;

namespace TicketFlow.Tests.Translations;

public sealed class LibreTranslateTranslatorTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private LibreTranslateStub _stub = null!;

    public async ValueTask InitializeAsync() => _stub = await LibreTranslateStub.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _stub.DisposeAsync();
    }

    [Fact]
    public async Task Title_and_body_are_translated_and_marked_as_made_by_a_machine()
    {
        TranslationResult result = await TranslateAsync(Translator());

        result.ShouldBe(new TranslationResult("LibreTranslate", TranslationQuality.Machine, "<en> Tytuł", "<en> Zażółć \"gęślą\"\njaźń", 0, 0));
    }

    [Fact]
    public async Task The_request_is_what_the_protocol_asks_for()
    {
        await TranslateAsync(Translator());

        _stub.Requests.Count.ShouldBe(2);
        System.Text.Json.JsonElement first = _stub.Requests.First();
        first.GetProperty("q").GetString().ShouldBe("Tytuł");
        first.GetProperty("source").GetString().ShouldBe("pl");
        first.GetProperty("target").GetString().ShouldBe("en");
        first.GetProperty("format").GetString().ShouldBe("text");
        first.GetProperty("api_key").GetString().ShouldBe(LibreTranslateStub.ApiKey);
    }

    [Fact]
    public async Task Without_a_key_none_is_sent()
    {
        await TranslateAsync(Translator(key: null));

        _stub.Requests.First().TryGetProperty("api_key", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_below_a_path_is_reached()
    {
        var translator = new LibreTranslateTranslator(_client, new LibreTranslateOptions { BaseAddress = new Uri(_stub.Address, "below/") }, TimeProvider.System);

        (await TranslateAsync(translator)).Title.ShouldBe("<en> Tytuł");
    }

    [Fact]
    public async Task An_empty_title_is_not_sent()
    {
        TranslationResult result = await Translator().TranslateAsync(new TranslationText("pl", "en", "", "tekst"), TestContext.Current.CancellationToken);

        result.Title.ShouldBe("");
        _stub.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task English_is_not_sent_at_all()
    {
        TranslationResult result = await Translator().TranslateAsync(new TranslationText("en", "en", "a", "b"), TestContext.Current.CancellationToken);

        result.Quality.ShouldBe(TranslationQuality.Original);
        _stub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_language_that_the_server_does_not_have_is_a_definite_failure_with_its_words()
    {
        TranslationFailedException error = await FailAsync(new TranslationText("nl", "en", "a", "b"));

        error.IsDefinite.ShouldBeTrue();
        error.Message.ShouldBe("LibreTranslate answered 400: nl is not supported");
    }

    [Fact]
    public async Task A_wrong_key_is_a_definite_failure()
    {
        TranslationFailedException error = await FailAsync(translator: Translator(key: "wrong"));

        error.IsDefinite.ShouldBeTrue();
        error.Message.ShouldBe("LibreTranslate answered 403: Invalid API key");
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(403, true)]
    [InlineData(404, true)]
    [InlineData(413, true)]
    [InlineData(408, false)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(502, false)]
    [InlineData(503, false)]
    public async Task The_status_tells_whether_trying_again_can_help(int status, bool isDefinite)
    {
        _stub.Instead = context => LibreTranslateStub.ErrorAsync(context, status, "so it is");

        TranslationFailedException error = await FailAsync();

        error.IsDefinite.ShouldBe(isDefinite);
        error.Message.ShouldContain($"{status}: so it is");
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>gateway</html>")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"translatedText\":null}")]
    [InlineData("{\"translatedText\":7}")]
    [InlineData("{\"translatedText\":[\"a\"]}")]
    [InlineData("{\"translatedText\":\"\"}")]
    [InlineData("{\"translatedText\":\"\\ud800\"}")]
    public async Task An_answer_that_is_no_translation_is_not_taken_for_one(string body)
    {
        _stub.Instead = context => context.Response.WriteAsync(body, context.RequestAborted);

        (await FailAsync()).IsDefinite.ShouldBeFalse();
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(2_000_000)]
    public async Task An_answer_out_of_all_proportion_is_refused(int chars)
    {
        _stub.Instead = context => context.Response.WriteAsJsonAsync(new { translatedText = new string('x', chars) }, context.RequestAborted);

        (await FailAsync()).IsDefinite.ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_left_after_the_timeout()
    {
        // Ends with the request: no pause, it only never answers.
        _stub.Instead = context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

        TranslationFailedException error = await FailAsync(translator: Translator(timeout: TimeSpan.FromMilliseconds(150)));

        error.IsDefinite.ShouldBeFalse();
        error.Message.ShouldContain("0.2 s");
    }

    [Fact]
    public async Task The_caller_s_own_cancellation_is_no_failure_of_the_translator()
    {
        using var stop = new CancellationTokenSource();
        _stub.Instead = async context =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };

        await Should.ThrowAsync<OperationCanceledException>(async () => await Translator().TranslateAsync(Text(), stop.Token));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_not_a_definite_failure()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0)); // Bound and not listening: nobody answers, and nobody else gets the port.
        var options = new LibreTranslateOptions { BaseAddress = new Uri($"http://{taken.LocalEndPoint}") };

        (await FailAsync(translator: new LibreTranslateTranslator(_client, options, TimeProvider.System))).IsDefinite.ShouldBeFalse();
    }

    [Fact]
    public async Task A_connection_that_is_reset_while_it_opens_is_not_a_definite_failure()
    {
        using var client = new HttpClient(new ResetWhileOpening());

        (await FailAsync(translator: new LibreTranslateTranslator(client, new LibreTranslateOptions { BaseAddress = _stub.Address }, TimeProvider.System))).IsDefinite.ShouldBeFalse();
    }

    /// <summary>Fails as the runtime does when the new socket has no remote end any more.</summary>
    private sealed class ResetWhileOpening : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw new SocketException((int)SocketError.NotConnected);
    }

    [Fact]
    public async Task A_cut_in_the_middle_of_the_answer_is_not_a_definite_failure()
    {
        _stub.Instead = async context =>
        {
            context.Response.ContentLength = 1_000;
            await context.Response.WriteAsync("{\"translatedText\":", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        };

        (await FailAsync()).IsDefinite.ShouldBeFalse();
    }

    [Fact]
    public async Task The_key_is_in_no_message_even_when_the_server_repeats_it()
    {
        _stub.Instead = context => LibreTranslateStub.ErrorAsync(context, 403, $"Key {LibreTranslateStub.ApiKey}\r\nis banned");

        TranslationFailedException error = await FailAsync();

        error.ToString().ShouldNotContain(LibreTranslateStub.ApiKey);
        error.Message.ShouldBe("LibreTranslate answered 403: Key ***  is banned");
        Options().ToString().ShouldNotContain(LibreTranslateStub.ApiKey);
    }

    [Fact]
    public async Task U_0000_in_an_answer_does_not_reach_the_database()
    {
        _stub.Instead = context => context.Response.WriteAsJsonAsync(new { translatedText = "a\0b" }, context.RequestAborted);

        (await TranslateAsync(Translator())).Body.ShouldBe("ab");
    }

    [Fact]
    public void Wrong_options_are_told_all_at_once()
    {
        var options = new LibreTranslateOptions { BaseAddress = new Uri("ftp://example.com"), Timeout = TimeSpan.Zero };

        ArgumentException error = Should.Throw<ArgumentException>(() => new LibreTranslateTranslator(_client, options, TimeProvider.System));

        error.Message.ShouldContain("baseAddress");
        error.Message.ShouldContain("timeout");
    }

    private static TranslationText Text() => new("pl", "en", "Tytuł", "Zażółć \"gęślą\"\njaźń");

    private static async Task<TranslationResult> TranslateAsync(LibreTranslateTranslator translator) =>
        await translator.TranslateAsync(Text(), TestContext.Current.CancellationToken);

    private LibreTranslateOptions Options() => new() { BaseAddress = _stub.Address, ApiKey = LibreTranslateStub.ApiKey };

    private LibreTranslateTranslator Translator(string? key = LibreTranslateStub.ApiKey, TimeSpan? timeout = null) =>
        new(_client, Options() with { ApiKey = key, Timeout = timeout ?? TimeSpan.FromSeconds(20) }, TimeProvider.System);

    private async Task<TranslationFailedException> FailAsync(TranslationText? text = null, LibreTranslateTranslator? translator = null) =>
        await Should.ThrowAsync<TranslationFailedException>(async () => await (translator ?? Translator()).TranslateAsync(text ?? Text(), TestContext.Current.CancellationToken));
}
