using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Faultline.Anomalies;
using Faultline.Anomalies.Hosting.Control;
using Faultline.Hosting.Control;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;
using Faultline.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Faultline.Hosting.Tests.Control;

/// <summary>A service with nothing but its control endpoints, on a real port.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    public const string Token = "a token of the tests";

    private readonly WebApplication _application;

    private ControlServer(WebApplication application, FaultPipeline points, ControlPanel panel)
    {
        _application = application;
        Points = points;
        Panel = panel;
        Client = new HttpClient { BaseAddress = new Uri(application.Urls.Single()) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public static ServiceDescription Description { get; } = new(
        "shop/orders", [new("order-placed", 1)], [new("payment-made", 1)], [.. FaultPoints.All.Where(point => point.Pipeline != "schedule").Select(point => point.Name)],
        FaultKinds.All, [.. GuardNames.All, new GuardDescription("menu-cache", GuardClass.Speed, "kept", "asked each time", "a slow menu service")]);

    public HttpClient Client { get; }

    public FaultPipeline Points { get; }

    public ControlPanel Panel { get; }

    public static async Task<ControlServer> StartAsync(string? token = Token, IControlStore? store = null, IReadOnlyList<string>? hosts = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var time = new ManualTime();
        store ??= new MemoryControlStore();
        var points = new FaultPipeline("orders-1", store, time);
        var panel = new ControlPanel(Description.Service, store, points, time, log: null, Description.Guards);
        builder.Services.AddSingleton(new ControlOptions { Token = token, Hosts = hosts ?? [] }).AddSingleton(panel).AddSingleton(Description).AddSingleton<TimeProvider>(time);
        WebApplication application = builder.Build();
        application.MapFaultlineControl();
        await application.StartAsync();
        return new ControlServer(application, points, panel);
    }

    public async Task<(int Status, JsonElement Body, HttpResponseMessage Response)> SendAsync(HttpMethod method, string path, string? json = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        change?.Invoke(request);
        HttpResponseMessage response = await Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        using JsonDocument? document = text.Length == 0 ? null : JsonDocument.Parse(text);
        return ((int)response.StatusCode, document?.RootElement.Clone() ?? default, response);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.DisposeAsync();
        Points.Dispose();
    }
}
