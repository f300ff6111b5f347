using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Faultline.Anomalies.Hosting.Tests;

/// <summary>An application that knows nothing of the messaging core and has made the one call, on a real port.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    public const string Token = "a token of the tests";

    private readonly WebApplication _application;

    private TestApp(WebApplication application)
    {
        _application = application;
        Client = new HttpClient { BaseAddress = new Uri(application.Urls.First()) };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _application.Services;

    public FaultPipeline Points => Services.GetRequiredService<FaultPipeline>();

    /// <summary>How often the business endpoint has run, and what it was sent last.</summary>
    public int Handled { get; private set; }

    public string? Received { get; private set; }

    public static async Task<TestApp> StartAsync(
        Action<AnomaliesOptions>? configure = null, Action<IServiceCollection>? services = null, string? token = Token, Action<Exception>? crashed = null, Action<WebApplication>? map = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        services?.Invoke(builder.Services);
        builder.Services.AddFaultlineAnomalies(options =>
        {
            options.Service = "shop/till";
            options.Instance = "till-1";
            options.ControlToken = token;
            configure?.Invoke(options);
        });
        if (crashed is not null) builder.Services.AddSingleton(provider => Crashing(provider, crashed));
        WebApplication application = builder.Build();
        TestApp? app = null;
        // As a delegate that returns a result: a lambda of this shape would be taken for one that writes its reply itself.
        application.MapPost("/sales", (Delegate)(async (HttpContext http) => await app!.HandleAsync(http)));
        application.MapGet("/health", () => "healthy");
        map?.Invoke(application);
        await application.StartAsync();
        return app = new TestApp(application);
    }

    public async Task<(int Status, JsonElement Body, HttpResponseMessage Response)> ControlAsync(HttpMethod method, string path, string? json = null, string? token = Token, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        change?.Invoke(request);
        HttpResponseMessage response = await Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.StartsWith('{') || text.StartsWith('[') ? JsonDocument.Parse(text).RootElement.Clone() : default, response);
    }

    /// <summary>Sets an anomaly that fires once.</summary>
    public async Task<string> PlaceOnceAsync(string point, string kind, string parameters = "{}", string match = "{}")
    {
        var (status, body, _) = await ControlAsync(HttpMethod.Post, "/anomalies", $$$"""{"point": "{{{point}}}", "kind": "{{{kind}}}", "parameters": {{{parameters}}}, "match": {{{match}}}, "trigger": {"once": true}}""");
        status.ShouldBe(201, body.ToString());
        return body.GetProperty("id").GetString()!;
    }

    public async Task RemoveAsync(string id) => (await ControlAsync(HttpMethod.Delete, $"/anomalies/{id}")).Status.ShouldBe(204);

    /// <summary>It has fired once, is recorded, and after its removal nothing is left at the point.</summary>
    public async Task ShouldHaveFiredAsync(string id, string point, string kind)
    {
        JsonElement firing = (await ControlAsync(HttpMethod.Get, "/anomalies/firings")).Body.EnumerateArray().ShouldHaveSingleItem();
        (firing.GetProperty("anomalyId").GetString(), firing.GetProperty("point").GetString(), firing.GetProperty("kind").GetString(), firing.GetProperty("instance").GetString()).ShouldBe((id, point, kind, "till-1"));
        JsonElement listed = (await ControlAsync(HttpMethod.Get, "/anomalies")).Body.EnumerateArray().ShouldHaveSingleItem();
        (listed.GetProperty("matched").GetInt32(), listed.GetProperty("fired").GetInt32()).ShouldBe((1, 1));
        await RemoveAsync(id);
        Points.IsArmed(FaultPoints.Find(point)!).ShouldBeFalse();
    }

    /// <summary>Waits until something has fired: whatever it holds is held from then on.</summary>
    public async Task FiresAsync()
    {
        var panel = Services.GetRequiredService<ControlPanel>();
        using var limit = new CancellationTokenSource(Limits.Hang, TimeProvider.System);
        while ((await panel.ListFiringsAsync(0, 1, CancellationToken.None)).IsEmpty) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.DisposeAsync();
    }

    /// <summary>A pipeline whose crash a test survives: the step fails where the process would be dead.</summary>
    private static FaultPipeline Crashing(IServiceProvider provider, Action<Exception> crashed) => new("till-1", provider.GetRequiredService<IControlStore>(), TimeProvider.System, log: null, () =>
    {
        var end = new ProcessEndException();
        crashed(end);
        throw end;
    });

    private async Task<IResult> HandleAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        Received = await reader.ReadToEndAsync();
        Handled++;
        return Results.Text($"sold: {Received}");
    }
}

/// <summary>Here the process would be dead.</summary>
internal sealed class ProcessEndException() : Exception("the process would be dead by now");
