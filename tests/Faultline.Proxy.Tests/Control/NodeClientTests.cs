using System.ComponentModel;
using System.Diagnostics;
using Faultline.TestSupport;

namespace Faultline.Proxy.Tests.Control;

/// <summary>The npm package toxiproxy-node-client, unchanged, drives the proxy: proxies, every toxic with its effect, reset, populate, errors.</summary>
public sealed class NodeClientTests
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task The_node_client_of_Toxiproxy_drives_the_proxy()
    {
        string folder = Path.Combine(RepositoryRoot(), ".faultline", "node-client");
        await InstallAsync(folder);
        await using var upstream = new TcpUpstream();
        await using ControlClient control = await ControlClient.StartAsync();

        (int exit, string output) = await RunAsync("node", folder, Limits.Hang * 2, "drive.mjs", control.Server.Address.AbsoluteUri.TrimEnd('/'), upstream.Address);

        output.ShouldContain("driven: 10 toxics");
        exit.ShouldBe(0);
    }

    private static async Task InstallAsync(string folder)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "node-client");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(source)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);

        (int nodeExit, string version) = await TryRunAsync("node", folder, "--version");
        Assert.SkipUnless(nodeExit == 0 && int.Parse(version.TrimStart('v').Split('.')[0], provider: null) >= 20, "Node 20 or later is not there, so its client cannot drive the proxy.");
        if (Directory.Exists(Path.Combine(folder, "node_modules", "toxiproxy-node-client"))) return;

        (int npmExit, string output) = await TryRunAsync("npm", folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        Assert.SkipUnless(npmExit == 0, $"The package toxiproxy-node-client cannot be had (npm said: {output.Trim()}).");
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Faultline.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
    }

    private static async Task<(int Exit, string Output)> TryRunAsync(string program, string folder, params string[] arguments)
    {
        try
        {
            return await RunAsync(program, folder, InstallLimit, arguments);
        }
        catch (Win32Exception error)
        {
            return (-1, error.Message);
        }
    }

    private static async Task<(int Exit, string Output)> RunAsync(string program, string folder, TimeSpan limit, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        using var stop = new CancellationTokenSource(limit, TimeProvider.System);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(stop.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(stop.Token);
            await process.WaitForExitAsync(stop.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
