using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Faultline.EndToEnd;

/// <summary>A lab that the launcher started on a free port, in a folder that goes with it.</summary>
internal sealed partial class Lab : IAsyncDisposable
{
    private const int Kill = 9;
    private const int Terminate = 15;

    private readonly Process _process;

    private Lab(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });

    public int Pid => _process.Id;

    public static Task<Lab> StartAsync() => StartAsync("ticketflow");

    /// <summary>Starts a lab with a system.</summary>
    /// <param name="system">Its name, or the file of one of the user's own.</param>
    public static async Task<Lab> StartAsync(string system)
    {
        var info = new ProcessStartInfo(Path.Combine(Repository(), "faultline"), ["up", system, "--port", "0", "--json", "--no-samples"]) { UseShellExecute = false, RedirectStandardOutput = true };
        Process process = Process.Start(info)!;
        try
        {
            // The launcher builds first when the sources have changed.
            string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limits.Build, TestContext.Current.CancellationToken);
            line.ShouldNotBeNull("the lab ended before it was ready; what it said is on standard error");
            return new Lab(process, new Uri(JsonDocument.Parse(line).RootElement.GetProperty("lab").GetString()!));
        }
        catch
        {
            Signal(process.Id, Terminate); // Nobody else knows of it.
            throw;
        }
    }

    /// <summary>Runs a command against this lab.</summary>
    public Task<CommandRun> RunAsync(params IReadOnlyList<string> arguments) => CommandRun.OfAsync([.. arguments, "--lab", Address.ToString()]);

    /// <summary>The instances of a service, as the status shows them.</summary>
    public async Task<IReadOnlyList<JsonElement>> InstancesAsync(string service)
    {
        JsonElement status = await GetAsync($"/api/services/{service}");
        return [.. status.GetProperty("status").GetProperty("instances").EnumerateArray()];
    }

    /// <summary>All processes of the lab.</summary>
    public async Task<IReadOnlyList<int>> PidsAsync()
    {
        JsonElement status = await GetAsync("/api/status");
        IEnumerable<JsonElement> instances = status.GetProperty("systems").EnumerateArray().SelectMany(system => system.GetProperty("services").EnumerateArray())
            .SelectMany(service => service.GetProperty("instances").EnumerateArray());
        return [Pid, .. status.GetProperty("infrastructure").EnumerateArray().Concat(instances).Select(instance => instance.GetProperty("pid").GetInt32())];
    }

    public Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>(new Uri(Address, path), TestContext.Current.CancellationToken);

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using HttpResponseMessage reply = await Http.PostAsJsonAsync(new Uri(Address, path), body, TestContext.Current.CancellationToken);
        reply.EnsureSuccessStatusCode();
        return await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks the lab to end, and gives its exit code.</summary>
    public Task<int> TerminateAsync() => EndAsync(Terminate);

    /// <summary>Ends the lab without a warning.</summary>
    public Task<int> KillAsync() => EndAsync(Kill);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await TerminateAsync();
        _process.Dispose();
        Http.Dispose();
    }

    public static bool Runs(int pid)
    {
        string stat = $"/proc/{pid}/stat";
        try
        {
            string text = File.ReadAllText(stat);
            return text[text.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // Gone, perhaps while it was being read.
        }
    }

    private async Task<int> EndAsync(int signal)
    {
        Signal(Pid, signal);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    internal static string Repository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Faultline.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial int Signal(int pid, int signal);
}
