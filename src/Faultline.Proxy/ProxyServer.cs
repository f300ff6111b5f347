using System.Net.Sockets;
using Faultline.Proxy.Control;
using Faultline.Proxy.Links;
using Faultline.Proxy.Problems;
using Faultline.Triggers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;

namespace Faultline.Proxy;

/// <summary>A fault proxy that stands alone: links, and the control API that speaks Toxiproxy's.</summary>
public sealed class ProxyServer : IAsyncDisposable
{
    private const int BitsNotDrawn = 11; // Readers of JSON know 53 bits of a number: a seed that is shown must be one that can be given.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;

    private ProxyServer(WebApplication app, LinkSet links)
    {
        _app = app;
        Links = links;
    }

    /// <summary>The links.</summary>
    public LinkSet Links { get; }

    /// <summary>Where the control API answers.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>
    /// Lets the sockets of this process complete on the thread that learns of it, which makes forwarding faster. To be called at the very start of a process that is nothing but a fault proxy:
    /// work of other kinds would hold up its connections.
    /// </summary>
    public static void TuneProcess() => Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

    /// <summary>Starts the links of the config file, then the control API.</summary>
    /// <param name="options">Where, and with what.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="ProxyException">The options or the config file are wrong, or an address is taken.</exception>
    public static async Task<ProxyServer> StartAsync(ProxyOptions options, TimeProvider time, CancellationToken stop)
    {
        string[] problems = [.. options.Problems()];
        if (problems.Length > 0) throw new ProxyException($"The fault proxy cannot start: {string.Join("; ", problems)}.", 400);

        ulong seed = options.Seed ?? new Seed((ulong)time.GetUtcNow().Ticks).For("seed", "proxy").Next() >> BitsNotDrawn;
        var links = new LinkSet(time, new Seed(seed), options.OperationHeader, options.ConnectLimit);
        WebApplication? app = null;
        try
        {
            if (options.ConfigFile is not null) await ConfigFile.ApplyAsync(options.ConfigFile, links, stop);
            app = ControlApi.Build(links, options);
            await app.StartAsync(stop);
            return new ProxyServer(app, links);
        }
        catch (Exception error)
        {
            if (app is not null) await app.DisposeAsync();
            await links.DisposeAsync();
            if (error is IOException { InnerException: AddressInUseException or SocketException }) throw new ProxyException($"The control address {options.Listen} is taken.", 500, error);
            throw;
        }
    }

    /// <summary>Stops the control API, and removes every link.</summary>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource limit = new(StopLimit, TimeProvider.System);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        await Links.DisposeAsync();
    }
}
