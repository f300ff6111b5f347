using System.Net;
using System.Text;

namespace Faultline.Proxy.Tests;

/// <summary>A proxy with its control API, and a client that reads replies to the byte.</summary>
internal sealed class ControlClient : IAsyncDisposable
{
    private readonly HttpClient _http = new();

    private ControlClient(ProxyServer server) => Server = server;

    public ProxyServer Server { get; }

    public static async Task<ControlClient> StartAsync(string? configFile = null, ulong? seed = 1, string? token = null, TimeProvider? time = null) =>
        new(await ProxyServer.StartAsync(new ProxyOptions { Listen = "127.0.0.1:0", ConfigFile = configFile, Seed = seed, Token = token }, time ?? TimeProvider.System, TestContext.Current.CancellationToken));

    public async Task<(HttpStatusCode Status, string Body)> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Server.Address, path));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage reply = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (reply.StatusCode, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
    }
}
