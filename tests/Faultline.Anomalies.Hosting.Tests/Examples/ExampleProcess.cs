using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Faultline.TestSupport;

namespace Faultline.Anomalies.Hosting.Tests.Examples;

/// <summary>The example as its reader starts it: a process of its own, which an anomaly may kill.</summary>
internal sealed class ExampleProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];

    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ExampleProcess(Process process) => _process = process;

    public HttpClient Client { get; } = new();

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="broker">The address of the broker.</param>
    /// <param name="folder">Where meals and the state of anomalies are kept.</param>
    public static async Task<ExampleProcess> StartAsync(string broker, string folder)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "RabbitMqOrders")) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0"; // It says which port it got; one chosen before could be somebody else's by then.
        start.Environment["RabbitMq"] = broker;
        start.Environment["Meals"] = Path.Combine(folder, "meals.txt");
        start.Environment["Faultline__Service"] = "shop/orders";
        start.Environment["Faultline__Instance"] = "orders-1";
        start.Environment["Faultline__ControlToken"] = TestApp.Token;
        start.Environment["Faultline__StateFile"] = Path.Combine(folder, "anomalies.jsonl");
        var process = new Process { StartInfo = start };
        var example = new ExampleProcess(process);
        process.OutputDataReceived += (_, line) => example.Keep(line.Data);
        process.ErrorDataReceived += (_, line) => example.Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        example.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestApp.Token);
        await example.UntilAsync(() => Task.FromResult(example._listening.Task.IsCompleted), "the example listens");
        example.Client.BaseAddress = await example._listening.Task;
        await example.UntilAsync(async () => (await example.Client.GetAsync("/health")).IsSuccessStatusCode, "the example answers");
        return example;
    }

    public async Task PlaceOnceAsync(string point, string kind, string parameters = "{}")
    {
        HttpResponseMessage reply = await Client.PostAsync("/anomalies", new StringContent($$$"""{"point": "{{{point}}}", "kind": "{{{kind}}}", "parameters": {{{parameters}}}, "trigger": {"once": true}}""", Encoding.UTF8, "application/json"));
        reply.StatusCode.ShouldBe(HttpStatusCode.Created, await reply.Content.ReadAsStringAsync());
    }

    public Task<HttpResponseMessage> OrderAsync(Guid id) => Client.PutAsync($"/orders/{id}?dish=soup", content: null);

    public Task<JsonElement> MealsAsync() => Client.GetFromJsonAsync<JsonElement>("/meals");

    public Task<JsonElement> FiringsAsync() => Client.GetFromJsonAsync<JsonElement>("/anomalies/firings");

    public Task UntilMealsAsync(Func<JsonElement, bool> condition, string what) => UntilAsync(async () => condition(await MealsAsync()), what);

    /// <summary>Waits until an anomaly has killed it.</summary>
    /// <returns>The exit code: 137 is SIGKILL.</returns>
    public async Task<int> DiesAsync()
    {
        await _process.WaitForExitAsync().EndsAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await HoldsAsync(condition))
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(start) > Limits.Hang) throw new TimeoutException($"did not happen: {what}. The example said:\n{Said()}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private static async Task<bool> HoldsAsync(Func<Task<bool>> condition)
    {
        try
        {
            return await condition();
        }
        catch (HttpRequestException)
        {
            return false; // It does not listen yet.
        }
    }

    private void Keep(string? line)
    {
        const string Listening = "Now listening on: ";
        if (line?.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and int at) _listening.TrySetResult(new Uri(line[(at + Listening.Length)..].Trim()));
        lock (_output) _output.Add(line ?? "");
    }

    private string Said()
    {
        lock (_output) return string.Join('\n', _output);
    }
}
