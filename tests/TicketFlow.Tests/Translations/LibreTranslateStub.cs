using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TicketFlow.Tests.Translations;

/// <summary>A server on a free port that speaks LibreTranslate's protocol, or answers whatever a test wants it to.</summary>
internal sealed class LibreTranslateStub : IAsyncDisposable
{
    public const string ApiKey = "0123-secret-key";

    private readonly WebApplication _app;

    private LibreTranslateStub(WebApplication app) => _app = app;

    public ConcurrentQueue<JsonElement> Requests { get; } = [];

    /// <summary>What to answer in place of a translation.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    public Uri Address => new(_app.Urls.Single());

    public static async Task<LibreTranslateStub> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var stub = new LibreTranslateStub(app);
        app.MapPost("/translate", stub.TranslateAsync);
        app.MapPost("/below/translate", stub.TranslateAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return stub;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TranslateAsync(HttpContext context)
    {
        JsonElement request = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted);
        Requests.Enqueue(request);
        if (Instead is not null)
        {
            await Instead(context);
            return;
        }

        string? q = Text(request, "q");
        foreach (string field in new[] { "q", "source", "target" })
        {
            if (string.IsNullOrEmpty(Text(request, field)))
            {
                await ErrorAsync(context, 400, $"Invalid request: missing {field} parameter");
                return;
            }
        }

        if (Text(request, "api_key") is { } key && key != ApiKey)
        {
            await ErrorAsync(context, 403, "Invalid API key");
            return;
        }

        if (Text(request, "source") is not ("pl" or "en"))
        {
            await ErrorAsync(context, 400, $"{Text(request, "source")} is not supported");
            return;
        }

        await context.Response.WriteAsJsonAsync(new { translatedText = $"<{Text(request, "target")}> {q}" }, context.RequestAborted);
    }

    public static Task ErrorAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error = message }, context.RequestAborted);
    }

    private static string? Text(JsonElement request, string field) => request.TryGetProperty(field, out JsonElement value) ? value.GetString() : null;
}
