using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace TicketFlow.Translations.Providers;

/// <summary>Translates with a LibreTranslate-compatible server over HTTP.</summary>
/// <remarks>
/// Title and body are two requests, because not every compatible server takes a list. A refusal (4xx) is definite, except 408 and 429; everything else that goes wrong is not:
/// a server error, a cut, a timeout, and an answer that is no translation, which a proxy on the way may have given.
/// </remarks>
internal sealed class LibreTranslateTranslator : ITranslator
{
    /// <summary>The name that is shown beside a translation.</summary>
    public const string ProviderName = "LibreTranslate";

    private const int ResponseBytesMax = 512 * 1024;
    private const int ReasonCharsMax = 200;

    // No translation of a text is this much longer; what is, is not one.
    private const int GrowthMax = 4;
    private const int GrowthCharsMin = 200;

    private readonly HttpClient _client;
    private readonly LibreTranslateOptions _options;
    private readonly TimeProvider _time;
    private readonly Uri _address;

    public LibreTranslateTranslator(HttpClient client, LibreTranslateOptions options, TimeProvider time)
    {
        string problems = string.Join("; ", options.Problems());
        if (problems.Length > 0) throw new ArgumentException(problems, nameof(options));

        _client = client;
        _options = options;
        _time = time;
        _address = new Uri(options.BaseAddress!.AbsoluteUri.TrimEnd('/') + "/translate");
    }

    /// <inheritdoc/>
    public async ValueTask<TranslationResult> TranslateAsync(TranslationText text, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(text);
        text.RequireLimits(ProviderName);
        if (text.IsInTarget) return TranslationResult.Unchanged(ProviderName, text);

        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            string title = await TranslateAsync(text.Title, text, either.Token);
            string body = await TranslateAsync(text.Body, text, either.Token);
            return new TranslationResult(ProviderName, TranslationQuality.Machine, title, body, 0, 0);
        }
        catch (OperationCanceledException error) when (!stop.IsCancellationRequested)
        {
            throw Failed(isDefinite: false, $"LibreTranslate did not answer within {_options.Timeout.TotalSeconds:0.#} s.", error);
        }
        catch (HttpRequestException error)
        {
            throw Failed(isDefinite: false, $"LibreTranslate could not be reached: {error.HttpRequestError}.", error);
        }
        catch (SocketException error)
        {
            // A connection that is reset in the moment in which it is open comes out of the runtime like this.
            throw Failed(isDefinite: false, $"LibreTranslate could not be reached: {error.SocketErrorCode}.", error);
        }
        catch (IOException error)
        {
            throw Failed(isDefinite: false, "The answer of LibreTranslate was cut off.", error);
        }
    }

    private async Task<string> TranslateAsync(string part, TranslationText text, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(part)) return part;

        using var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = JsonContent.Create(new Dictionary<string, string>
            {
                ["q"] = part,
                ["source"] = text.SourceLanguage,
                ["target"] = text.TargetLanguage,
                ["format"] = "text",
            }.Concat(_options.ApiKey is { Length: > 0 } key ? [new("api_key", key)] : []).ToDictionary()),
        };
        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        string body = await ReadAsync(response.Content, stop);
        if (!response.IsSuccessStatusCode) throw Refused(response.StatusCode, body);
        return Translated(body, part);
    }

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken stop)
    {
        await content.LoadIntoBufferAsync(ResponseBytesMax, stop);
        return Encoding.UTF8.GetString(await content.ReadAsByteArrayAsync(stop));
    }

    private static string Translated(string body, string part)
    {
        if (Property(body, "translatedText") is not { } translated) throw Failed(isDefinite: false, "The answer of LibreTranslate has no text 'translatedText'.");
        if (string.IsNullOrWhiteSpace(translated)) throw Failed(isDefinite: false, "The answer of LibreTranslate is an empty text.");
        if (translated.Length > (part.Length * GrowthMax) + GrowthCharsMin)
        {
            throw Failed(isDefinite: false, $"The answer of LibreTranslate has {translated.Length} characters for a text of {part.Length}.");
        }

        // PostgreSQL cannot hold U+0000, and no translation needs it.
        return translated.Replace("\0", "", StringComparison.Ordinal);
    }

    private TranslationFailedException Refused(HttpStatusCode status, string body)
    {
        bool definite = (int)status is >= 300 and < 500 && status is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);
        string reason = Property(body, "error") is { Length: > 0 } error ? $": {Shown(error)}" : ".";
        return Failed(definite, $"LibreTranslate answered {(int)status}{reason}");
    }

    /// <summary>What the server said, fit to be shown: short, on one line, without the key, which some servers repeat.</summary>
    private string Shown(string error)
    {
        string safe = _options.ApiKey is { Length: > 0 } key ? error.Replace(key, "***", StringComparison.Ordinal) : error;
        string line = string.Concat(safe.Take(ReasonCharsMax).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return safe.Length > ReasonCharsMax ? line + "..." : line;
    }

    private static string? Property(string body, string name)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
                    ? value.GetString()
                    : null;
        }
        catch (JsonException)
        {
            return null; // Not JSON: to the caller it is the same as JSON without the property.
        }
        catch (InvalidOperationException)
        {
            return null; // JSON whose text is half a surrogate pair.
        }
    }

    private static TranslationFailedException Failed(bool isDefinite, string message, Exception? inner = null) => new(ProviderName, isDefinite, message, inner);
}
