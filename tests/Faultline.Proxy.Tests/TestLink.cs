using System.Net;
using System.Net.Sockets;
using Faultline.Proxy.Http;
using Faultline.Proxy.Links;
using Faultline.Proxy.Toxics;
using Faultline.Triggers;

namespace Faultline.Proxy.Tests;

/// <summary>A proxy with one link to an upstream of the test.</summary>
internal sealed class TestLink : IAsyncDisposable
{
    public const string Name = "test";

    private TestLink(LinkSet links) => Links = links;

    public LinkSet Links { get; }

    public LinkReport Report => Links.Report(Name);

    public string Listen => Report.Listen;

    public Uri Uri => new($"http://{Listen}/");

    public static async Task<TestLink> StartAsync(string upstream, bool isHttp = false, ulong seed = 1, TimeSpan? connectLimit = null, TimeProvider? time = null, IReadOnlyList<string>? exemptPaths = null)
    {
        var links = new LinkSet(time ?? TimeProvider.System, new Seed(seed), "fl-operation", connectLimit ?? TimeSpan.FromSeconds(10));
        await links.AddAsync(new LinkConfig { Name = Name, Upstream = upstream, IsHttp = isHttp, ExemptPaths = exemptPaths ?? [] });
        return new TestLink(links);
    }

    /// <summary>Sets a toxic; attributes as name, value, name, value.</summary>
    public void Add(string type, StreamSide stream = StreamSide.Downstream, double toxicity = 1, ulong? seed = null, params (string Name, double Value)[] attributes) =>
        Links.AddToxic(Name, new ToxicConfig { Name = type, Type = type, Stream = stream, Toxicity = toxicity, Seed = seed, Attributes = attributes.ToDictionary(each => each.Name, each => each.Value) });

    public void Remove(string toxic) => Links.RemoveToxic(Name, toxic);

    public void Add(HttpFaultConfig fault) => Links.AddHttpFault(Name, fault);

    public long Acted(string toxic) => Report.Toxics.Single(report => report.Toxic.Name == toxic).Acted;

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPEndPoint.Parse(Listen));
        return socket;
    }

    public ValueTask DisposeAsync() => Links.DisposeAsync();
}
