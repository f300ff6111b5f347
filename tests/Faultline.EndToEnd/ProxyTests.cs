using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Faultline.EndToEnd;

public sealed class ProxyTests
{
    private const int Terminate = 15;

    [Fact]
    public async Task The_proxy_alone_speaks_its_control_API_and_ends_in_good_order_when_asked()
    {
        var info = new ProcessStartInfo(Path.Combine(Lab.Repository(), "faultline"), ["proxy", "--listen", "127.0.0.1:0", "--json"]) { UseShellExecute = false, RedirectStandardOutput = true };
        using Process process = Process.Start(info)!;
        try
        {
            string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limits.Build, TestContext.Current.CancellationToken);
            var control = new Uri(JsonDocument.Parse(line.ShouldNotBeNull()).RootElement.GetProperty("control").GetString()!);
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });

            using HttpResponseMessage added = await http.PostAsJsonAsync(new Uri(control, "/proxies"), new { name = "web", upstream = "127.0.0.1:9" }, TestContext.Current.CancellationToken);

            ((int)added.StatusCode).ShouldBe(201);
            JsonElement proxies = await http.GetFromJsonAsync<JsonElement>(new Uri(control, "/proxies"), TestContext.Current.CancellationToken);
            proxies.GetProperty("web").GetProperty("upstream").GetString().ShouldBe("127.0.0.1:9");
        }
        finally
        {
            Lab.Signal(process.Id, Terminate);
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0);
    }
}
