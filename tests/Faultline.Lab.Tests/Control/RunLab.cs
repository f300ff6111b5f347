using System.Net.Http.Json;
using System.Text.Json;
using Faultline.Lab.Api;
using Faultline.Lab.Control;
using Faultline.Lab.Systems;
using Faultline.Lab.Tests.Support;
using Faultline.Protocol;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Tests.Control;

/// <summary>A lab that lives on, with a system whose service answers and has no messages; experiments on it are asked for over the API.</summary>
public sealed class RunLab : IAsyncLifetime
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    private readonly ManualChecks _checks = new();
    private TestFolder _folder = null!;
    private LabServer _server = null!;

    internal ManualChecks.ManualSamples Samples => _checks.Samples;

    internal ControlPlane Plane { get; private set; } = null!;

    internal Uri Address => _server.Addresses[0];

    internal LabSystem System => Plane.FindRunning("demo")!;

    public async ValueTask InitializeAsync()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        _folder = TestFolder.Create(suffix: $"-{Environment.TickCount64:x}", test: nameof(RunLab));
        Plane = await ControlPlane.StartAsync(new LabOptions { Root = _folder.Path, ToolsFolder = TestFolder.Tools }, [SpecOf("demo"), SpecOf("idle")], TimeProvider.System, new Progress<string>(), stop);
        _server = await LabServer.StartAsync(Plane, new LabServerOptions { Port = 0 }, stop);
        await Plane.StartSystemAsync("demo", new LabSystemOptions(), stop);
        Plane.Phase = LabPhase.Running;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await Plane.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Starts a run, and gives its id.</summary>
    internal async Task<string> StartAsync(object order)
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Post, "/api/runs", order);
        string body = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)reply.StatusCode).ShouldBe(201, body);
        string id = JsonDocument.Parse(body).RootElement.GetProperty("id").GetString()!;
        reply.Headers.Location!.ToString().ShouldBe($"/api/runs/{id}");
        return id;
    }

    /// <summary>The numbers and texts of the lines, up to the end of the run.</summary>
    internal async Task<IReadOnlyList<(long Number, string Text)>> LinesAsync(string id, long after = 0)
    {
        string lines = await Http.GetStringAsync(new Uri(_server.Addresses[0], $"/api/runs/{id}/lines?after={after}"), TestContext.Current.CancellationToken).WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).Select(line => (line.GetProperty("number").GetInt64(), line.GetProperty("text").GetString()!))];
    }

    /// <summary>The run as it is when it has ended.</summary>
    internal async Task<RunView> EndAsync(string id)
    {
        await LinesAsync(id);
        return await ReadAsync(id);
    }

    internal async Task<RunView> ReadAsync(string id) => (await Http.GetFromJsonAsync<RunView>(new Uri(_server.Addresses[0], $"/api/runs/{id}"), ProtocolJson.Options, TestContext.Current.CancellationToken))!;

    internal async Task CancelAsync(string id)
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Delete, $"/api/runs/{id}");
        ((int)reply.StatusCode).ShouldBe(204);
    }

    /// <summary>Status, code and detail of a refusal.</summary>
    internal async Task<(int Status, string Code, string Detail)> RefusalAsync(HttpMethod method, string path, object? body = null)
    {
        using HttpResponseMessage reply = await SendAsync(method, path, body);
        JsonElement problem = await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return ((int)reply.StatusCode, problem.GetProperty("code").GetString()!, problem.GetProperty("detail").GetString()!);
    }

    internal async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(_server.Addresses[0], path));
        if (body is not null) request.Content = JsonContent.Create(body);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private LabSystemSpec SpecOf(string system) => new()
    {
        Name = system,
        Services = [new ServiceDescription($"{system}/echo", [], [], [.. FaultPoints.All.Select(point => point.Name)], FaultKinds.All, GuardNames.All)],
        Routes = [],
        Checks = _checks.Of(system),
        Executable = TestFolder.HostProgram,
    };
}
