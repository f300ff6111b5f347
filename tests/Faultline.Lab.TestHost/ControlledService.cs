using System.Collections.Concurrent;
using Faultline.Protocol;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Faultline.Lab.TestHost;

/// <summary>A service that answers the lab's control requests and has no messages: what is set on it is kept in memory.</summary>
internal static class ControlledService
{
    public static async Task<int> RunAsync(string service)
    {
        WebApplicationBuilder web = WebApplication.CreateSlimBuilder();
        await using WebApplication app = web.Build();
        var guards = new ConcurrentDictionary<string, bool>(GuardNames.All.Select(guard => KeyValuePair.Create(guard.Name, true)));
        var anomalies = new ConcurrentDictionary<Guid, Anomaly>();

        app.MapGet("/health/ready", () => Results.Ok());
        app.MapGet("/cookies", (HttpContext http) =>
        {
            http.Response.Headers.Append("Set-Cookie", $"{service.Split('/')[0]}-who=ann; path=/; httponly");
            http.Response.Headers.Append("Set-Cookie", "other=1; path=/");
            return Results.Text(http.Request.Headers.Cookie.ToString());
        });
        app.MapGet("/messaging", () => Answer(new MessagingState { Service = service }));
        app.MapGet("/ledger", () => Results.Text("", "application/x-ndjson"));
        app.MapGet("/guards", () => Answer(guards.Select(guard => new GuardState(service, guard.Key, guard.Value, ChangedAt: null))));
        app.MapPut("/guards/{name}", (string name, Switch to) =>
        {
            guards[name] = to.On;
            return Answer(new GuardState(service, name, to.On, ChangedAt: null));
        });
        app.MapGet("/anomalies", () => Answer(anomalies.Values));
        app.MapGet("/anomalies/firings", () => Answer(Array.Empty<Firing>()));
        app.MapPost("/anomalies", (AnomalyRequest request) =>
        {
            Anomaly anomaly = Set(service, request);
            anomalies[anomaly.Id] = anomaly;
            return Answer(anomaly);
        });
        app.MapDelete("/anomalies", () =>
        {
            int removed = anomalies.Count;
            anomalies.Clear();
            return Answer(new { removed });
        });

        Task inputEnded = Task.Run(Console.In.ReadToEnd); // The reader's asynchronous methods block.
        await app.StartAsync();
        await Task.WhenAny(inputEnded, UntilStoppedAsync(app.Lifetime));
        await app.StopAsync();
        return 0;
    }

    private static Task UntilStoppedAsync(IHostApplicationLifetime lifetime)
    {
        var stopped = new TaskCompletionSource();
        lifetime.ApplicationStopping.Register(stopped.SetResult);
        return stopped.Task;
    }

    private sealed record Switch(bool On);

    private static IResult Answer<T>(T value) => Results.Json(value, ProtocolJson.Options);

    private static Anomaly Set(string service, AnomalyRequest request) => new()
    {
        Id = request.Id ?? Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
        Service = service,
        Point = request.Point!,
        Kind = request.Kind!,
        Parameters = request.Parameters ?? new AnomalyParameters(),
        Match = request.Match ?? new MatchSpec(),
        Seed = 1,
        CreatedBy = "test",
        CreatedAt = TimeProvider.System.GetUtcNow(),
        Order = 1,
    };
}
