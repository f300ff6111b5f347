using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Faultline.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TicketFlow.Desk;
using TicketFlow.Metrics.Endpoints;
using TicketFlow.Metrics.Live;

namespace TicketFlow.Tests.Metrics;

/// <summary>The endpoints of the metrics service on a real port, with a clock that the test moves.</summary>
internal sealed class MetricsServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private MetricsServer(WebApplication application, ManualTime time)
    {
        (_application, Time) = (application, time);
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(application.Urls.Single()) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TokenOf(DeskRole.Supervisor));
    }

    public HttpClient Client { get; }

    public ManualTime Time { get; }

    public LiveFigures Figures => _application.Services.GetRequiredService<LiveFigures>();

    public LiveFeed Feed => _application.Services.GetRequiredService<LiveFeed>();

    /// <summary>A token of somebody of the desk.</summary>
    public string TokenOf(DeskRole role) => _application.Services.GetRequiredService<DeskTokens>().Make(new DeskPerson(Guid.Empty, "Ruth Okafor", "ruth.okafor@desk.example", role)).Token;

    public static async Task<MetricsServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var time = new ManualTime();
        builder.Services.AddSingleton<TimeProvider>(time).AddSingleton<LiveFigures>().AddSingleton<LiveFeed>().AddSingleton<DeskTokens>().AddProblemDetails();
        builder.Configuration["Faultline:SystemKey"] = "a key that only this test knows, and long";
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false))); // As the host of a service.
        WebApplication application = builder.Build();
        LiveEndpoints.Map(application);
        await application.StartAsync();
        return new MetricsServer(application, time);
    }

    /// <summary>Lets the service end, as a signal does.</summary>
    public Task StopAsync() => _application.StopAsync();

    /// <summary>Follows the figures.</summary>
    public async Task<StreamReader> FollowAsync()
    {
        HttpResponseMessage reply = await Client.GetAsync(new Uri("/live/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        reply.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return new StreamReader(await reply.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.DisposeAsync();
    }
}
