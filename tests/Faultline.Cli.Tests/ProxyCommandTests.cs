using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Faultline.Cli.Tests;

public sealed class ProxyCommandTests
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_proxy_runs_alone_with_the_links_of_its_file_until_it_is_interrupted()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """[{ "name": "a", "upstream": "127.0.0.1:9", "toxics": [{ "type": "latency", "attributes": { "latency": 10 } }] }]""", TestContext.Current.CancellationToken);
            int port = FreePort();
            using var interrupts = new Interrupts();
            Task<TestCommandLine> running = TestCommandLine.RunAsync(interrupts, "proxy", "--listen", $"127.0.0.1:{port}", "--config", file, "--seed", "7");

            JsonElement proxies = await WhenUpAsync($"http://127.0.0.1:{port}/proxies", running);
            proxies.GetProperty("a").GetProperty("toxics")[0].GetProperty("type").GetString().ShouldBe("latency");
            interrupts.Interrupt();
            TestCommandLine run = await running.WaitAsync(Hang, TestContext.Current.CancellationToken);

            run.ExitCode.ShouldBe(0);
            run.Output.ShouldContain($"The fault proxy is controlled at http://127.0.0.1:{port}");
            run.Output.ShouldContain("seed 7");
            run.Output.ShouldContain("127.0.0.1:9");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        TestCommandLine run = await TestCommandLine.RunAsync("proxy", "--listen", $"127.0.0.1:{port}");

        run.Sentence.ShouldBe($"The control address 127.0.0.1:{port} is taken.");
        run.ExitCode.ShouldBe(4);
    }

    [Theory]
    [InlineData("--config nosuch.json", "there is no config file 'nosuch.json'")]
    [InlineData("--listen nonsense", "the control address is 'nonsense'; it must be host:port")]
    [InlineData("--listen 0.0.0.0:0", "needs a token of at least 16 characters")]
    [InlineData("--connect-limit 0", "the limit for connecting is 00:00:00")]
    public async Task Wrong_options_are_one_sentence_and_exit_code_2(string options, string sentence)
    {
        TestCommandLine run = await TestCommandLine.RunAsync(["proxy", .. options.Split(' ')]);

        run.Sentence.ShouldContain(sentence);
        run.ExitCode.ShouldBe(2);
    }

    private static async Task<JsonElement> WhenUpAsync(string url, Task running)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var limit = new CancellationTokenSource(Hang);
        while (!running.IsCompleted)
        {
            try
            {
                return await http.GetFromJsonAsync<JsonElement>(new Uri(url), limit.Token);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token); // It is not up yet.
            }
        }

        throw new InvalidOperationException("the proxy ended before it was asked");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
