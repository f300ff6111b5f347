using System.Globalization;
using Faultline.Proxy;
using Faultline.Proxy.Links;

namespace Faultline.Bench.ProxySpeed;

/// <summary>The proxy in a process of its own. Each line that it reads is answered with the bytes that it has allocated so far; the end of its input ends it.</summary>
internal static class ServeRole
{
    public static async Task<int> RunAsync(string control, string listen, string upstream, string protocol)
    {
        ProxyServer.TuneProcess();
        await using ProxyServer server = await ProxyServer.StartAsync(new ProxyOptions { Listen = control }, TimeProvider.System, CancellationToken.None);
        await server.Links.AddAsync(new LinkConfig { Name = "bench", Listen = listen, Upstream = upstream, IsHttp = protocol == "http" });
        await Console.Out.WriteLineAsync("ready");
        while (await Console.In.ReadLineAsync() is not null) await Console.Out.WriteLineAsync(GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture));
        return 0;
    }
}
