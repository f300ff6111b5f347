using System.Collections.Concurrent;
using System.Text.Json;
using Faultline.Lab.Experiments;
using Faultline.Lab.Control;
using Faultline.Protocol;
using Faultline.Verification.Checkers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Faultline.Cli.Tests;

/// <summary>Answers as a lab does whose one run tells two lines, and goes on until it is ended or cancelled.</summary>
internal sealed class FakeLab : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RunState _state = RunState.Running;

    private FakeLab(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public ConcurrentQueue<RunOrder> Orders { get; } = new();

    public ConcurrentQueue<string> Deleted { get; } = new();

    /// <summary>Somebody follows the run and has been told its lines so far.</summary>
    public TaskCompletionSource Followed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<FakeLab> StartAsync()
    {
        WebApplicationBuilder web = WebApplication.CreateSlimBuilder();
        web.Logging.ClearProviders();
        web.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = web.Build();
        var lab = new FakeLab(app);
        app.MapPost("/api/runs", lab.StartRunAsync);
        app.MapGet("/api/runs/7", () => Results.Json(lab.View(), ProtocolJson.Options));
        app.MapGet("/api/runs/7/lines", lab.FollowAsync);
        app.MapGet("/api/runs/7/summary", () => "the summary\n");
        app.MapGet("/api/runs/7/files/{name}", (string name) => $"content of {name}");
        app.MapDelete("/api/runs/7", lab.Cancel);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return lab;
    }

    /// <summary>The run comes to its end.</summary>
    public void End(RunState state)
    {
        _state = state;
        _end.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task<IResult> StartRunAsync(HttpRequest request)
    {
        Orders.Enqueue((await JsonSerializer.DeserializeAsync<RunOrder>(request.Body, ProtocolJson.Options))!);
        return Results.Json(View(), ProtocolJson.Options, statusCode: StatusCodes.Status201Created);
    }

    private RunView View() => new()
    {
        Id = "7",
        What = "ticketflow/intake",
        Title = "Intake",
        System = "ticketflow",
        Seed = Orders.Last().Seed ?? 40,
        State = _state,
        StartedAt = DateTimeOffset.UnixEpoch,
        Cells = 1,
        Judged = 1,
        Verdict = _state == RunState.Done ? Verdict.Failed : null,
        ExitCode = _state == RunState.Done ? 1 : null,
        Command = "faultline run",
        Folder = "/reports/of/the/lab",
        Files = ["report.html", "junit.xml"],
    };

    private async Task FollowAsync(HttpContext http, long after)
    {
        for (long number = after + 1; number <= 2; number++) await TellAsync(http, number);
        Followed.TrySetResult();
        await _end.Task.WaitAsync(http.RequestAborted);
        await TellAsync(http, Math.Max(after, 2) + 1);
    }

    private static async Task TellAsync(HttpContext http, long number)
    {
        await http.Response.WriteAsync(JsonSerializer.Serialize(new RunLine(number, DateTimeOffset.UnixEpoch, $"line {number}", 0, 1), ProtocolJson.Options) + "\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    private IResult Cancel()
    {
        Deleted.Enqueue("7");
        End(RunState.Cancelled);
        return Results.NoContent();
    }
}
