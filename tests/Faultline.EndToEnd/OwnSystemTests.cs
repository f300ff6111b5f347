using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Faultline.EndToEnd;

/// <summary>The system of the guide: two services in Node.js, which know nothing of the lab.</summary>
public sealed class OwnSystemTests
{
    private const int Terminate = 15;

    private static string Example(string file) => Path.Combine(Lab.Repository(), "docs", "guide", "examples", "own-system", file);

    [Fact]
    public async Task A_robust_system_of_the_users_own_passes_and_a_naive_one_is_shown_to_reserve_twice()
    {
        CommandRun robust = await CommandRun.OfAsync(["run", Example("lost-replies.yaml"), "--seed", "1"]);
        robust.ExitCode.ShouldBe(0, robust.Error + robust.Output);

        CommandRun naive = await CommandRun.OfAsync(["run", Example("lost-replies.yaml"), "--seed", "1", "--guards", "-idempotency", "--json"]);

        naive.ExitCode.ShouldBe(1, naive.Error + naive.Output);
        string folder = JsonDocument.Parse(naive.Output).RootElement.GetProperty("folder").GetString()!;
        string report = await File.ReadAllTextAsync(Path.Combine(folder, "report.json"), TestContext.Current.CancellationToken);
        report.ShouldContain("reserved-once");
        report.ShouldContain("lost-replies/0000"); // The witness: an operation by its id.
        report.ShouldMatch("is there [2-9] times"); // How often depends on whose requests the lost replies are.
        (await File.ReadAllTextAsync(Path.Combine(folder, "replay.yaml"), TestContext.Current.CancellationToken)).ShouldContain($"system: {Example("system.yaml")}");
    }

    [Fact]
    public async Task An_order_that_was_acknowledged_before_it_was_on_disk_is_lost_with_the_process()
    {
        CommandRun robust = await CommandRun.OfAsync(["run", Example("killed.yaml"), "--seed", "1"]);
        robust.ExitCode.ShouldBe(0, robust.Error + robust.Output);

        CommandRun naive = await CommandRun.OfAsync(["run", Example("killed.yaml"), "--seed", "1", "--guards", "-write-first"]);

        naive.ExitCode.ShouldBe(1, naive.Error + naive.Output);
        naive.Output.ShouldContain("orders-kept");
        naive.Output.ShouldContain("was acknowledged, and is not there");
    }

    [Fact]
    public async Task A_lab_that_is_up_has_the_system_its_batteries_and_its_links_and_leaves_nothing_behind()
    {
        await using Lab lab = await Lab.StartAsync(Example("system.yaml"));

        JsonElement system = (await lab.GetAsync("/api/catalogue")).GetProperty("systems").EnumerateArray().First(known => known.GetProperty("name").GetString() == "shop");
        system.GetProperty("batteries").EnumerateArray().Select(battery => battery.GetProperty("name").GetString()).ShouldBe(["shop/breaks"]);
        CommandRun named = await lab.RunAsync("run", "shop/breaks", "--only", "calm", "--seed", "1");
        named.ExitCode.ShouldBe(0, named.Error + named.Output);
        CommandRun file = await lab.RunAsync("run", Example("lost-replies.yaml"), "--seed", "2");
        file.ExitCode.ShouldBe(0, file.Error + file.Output);
        CommandRun anomaly = await lab.RunAsync("anomalies", "add", "shop/orders", "consume.ack.before", "crash");
        anomaly.ExitCode.ShouldNotBe(0);

        IReadOnlyList<int> pids = await lab.PidsAsync();
        pids.Count.ShouldBeGreaterThan(4, "the lab, two database servers and two services");
        await lab.TerminateAsync();
        pids.ShouldAllBe(pid => !Lab.Runs(pid));
    }

    [Fact]
    public async Task A_service_that_does_not_come_up_gives_the_last_lines_of_its_log()
    {
        using var folder = new OwnFolder("""
            system: broken
            services:
              orders: {command: node, args: ["-e", "console.log('the disk is full'); process.exit(3)", "{port}"]}
            """);

        CommandRun up = await CommandRun.OfAsync(["up", folder.SystemFile, "--port", "0"]);

        up.ExitCode.ShouldBe(4, up.Error + up.Output);
        up.Error.ShouldContain("broken/orders-1 does not start");
        up.Error.ShouldContain("the disk is full");
    }

    [Fact]
    public async Task A_service_that_runs_already_is_attached_to_broken_on_its_links_and_left_running()
    {
        int port = FreePort();
        using var folder = new OwnFolder(string.Create(CultureInfo.InvariantCulture, $$"""
            system: attached
            services:
              stock: {address: "http://127.0.0.1:{{port}}", health: /health}
            workloads:
              reserve:
                steps:
                  - {service: stock, method: POST, path: /reservations, headers: {Idempotency-Key: "{operation}"}, body: {item: lamp, quantity: 1}, retry: {attempts: 20, pause: 50ms} }
            invariants:
              reserved: {rule: [lost, once], http: {service: stock, path: /reservations, rows: reservations, operation: order} }
            """));
        string experiment = folder.Write("cut.yaml", """
            name: cut
            system: ./system.yaml
            workload: {name: reserve, operations: 20}
            schedule:
              - http: {link: client-stock, kind: abort, when: after, match: {method: POST}, trigger: {every: 4}}
            """);
        CommandRun absent = await CommandRun.OfAsync(["run", experiment, "--seed", "1"]);
        absent.ExitCode.ShouldBe(4, absent.Error + absent.Output);
        (absent.Error + absent.Output).ShouldContain("does not answer at");

        using Process stock = StartStock(port, folder.Folder);
        try
        {
            await Limits.UntilAsync(() => AcceptsAsync(port), "stock listens");

            CommandRun run = await CommandRun.OfAsync(["run", experiment, "--seed", "1"]);

            run.ExitCode.ShouldBe(0, run.Error + run.Output);
            Lab.Runs(stock.Id).ShouldBeTrue("it is not the lab's to end");
        }
        finally
        {
            Lab.Signal(stock.Id, Terminate);
            await stock.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
        }
    }

    private static Process StartStock(int port, string data)
    {
        var info = new ProcessStartInfo("node", [Example("stock.mjs")]) { UseShellExecute = false };
        info.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        info.Environment["DATA"] = data;
        return Process.Start(info)!;
    }

    private static async Task<bool> AcceptsAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false; // Not yet.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A folder with a system file, gone at the end.</summary>
    private sealed class OwnFolder : IDisposable
    {
        public OwnFolder(string system) => SystemFile = Write("system.yaml", system);

        public string Folder { get; } = Directory.CreateTempSubdirectory("faultline-own").FullName;

        public string SystemFile { get; }

        public string Write(string name, string text)
        {
            string file = Path.Combine(Folder, name);
            File.WriteAllText(file, text);
            return file;
        }

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
