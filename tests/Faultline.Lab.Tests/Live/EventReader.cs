using System.Text.Json;
using Faultline.Lab.Tests.Support;

namespace Faultline.Lab.Tests.Live;

/// <summary>Reads server-sent events as a browser does.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    private readonly HttpResponseMessage _reply;
    private readonly StreamReader _lines;

    private EventReader(HttpResponseMessage reply, Stream body) => (_reply, _lines) = (reply, new StreamReader(body));

    public static async Task<EventReader> OpenAsync(Uri lab, string? lastId, string topics = "map")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(lab, $"/api/events?topics={topics}"));
        if (lastId is not null) request.Headers.Add("Last-Event-ID", lastId);
        HttpResponseMessage reply = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        reply.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return new EventReader(reply, await reply.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The next event.</summary>
    public async Task<(string Type, string? Id, JsonElement Data)> NextAsync()
    {
        string type = "message";
        string? id = null;
        JsonElement data = default;
        while (await _lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limits.Hang, TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) type = line[7..];
            else if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) data = JsonDocument.Parse(line[6..]).RootElement;
            else if (line.Length == 0 && data.ValueKind != JsonValueKind.Undefined) return (type, id, data);
        }

        throw new EndOfStreamException("The stream has ended.");
    }

    /// <summary>The first event of a type that shows what is looked for.</summary>
    public async Task<JsonElement> UntilAsync(string type, Func<JsonElement, bool> shows)
    {
        while (true)
        {
            (string got, _, JsonElement data) = await NextAsync();
            if (got == type && shows(data)) return data;
        }
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _reply.Dispose();
        return ValueTask.CompletedTask;
    }
}
