using System.Text;
using Faultline.Messaging.Topology;

namespace Faultline.Hosting.Contracts;

/// <summary>The topology of a system as a page: a diagram, and who publishes and reads which message.</summary>
internal static class TopologyPage
{
    /// <summary>Writes it.</summary>
    /// <param name="system">The name of the system.</param>
    /// <param name="topology">What it declares.</param>
    /// <param name="messages">Its messages.</param>
    public static string Of(string system, SystemTopology topology, DeclaredMessages messages)
    {
        var page = new StringBuilder();
        page.Append($"# Topology of {system}\n\n");
        page.Append($"Made by `./faultline contracts {system}` from what the services declare; do not edit it.\n\n");
        page.Append("```mermaid\n").Append(Diagram(system, topology)).Append("```\n\n");
        page.Append($"Each service publishes to an exchange of its own and consumes from a queue of {topology.Partitions} partitions.\n\n");
        page.Append("| Message | Version | Published by | Read by |\n|---|---|---|---|\n");
        foreach (DeclaredMessage message in messages.All)
        {
            page.Append($"| [{message.Contract.Type}](messages/{message.Name}.json) | {message.Contract.Version} | {List(message.Publishers)} | {List(message.Readers)} |\n");
        }

        page.Append("\n| Service | AsyncAPI 3.0 |\n|---|---|\n");
        foreach (ServiceTopology service in topology.Services) page.Append($"| {service.Service} | [{ShortOf(service.Service)}.asyncapi.json]({ShortOf(service.Service)}.asyncapi.json) |\n");
        return page.ToString();
    }

    /// <summary>The diagram: services, and an arrow for each way with the messages that take it.</summary>
    private static string Diagram(string system, SystemTopology topology)
    {
        var diagram = new StringBuilder("flowchart LR\n");
        Dictionary<string, string> names = topology.Services.Index().ToDictionary(item => item.Item.Service, item => $"s{item.Index}");
        foreach (ServiceTopology service in topology.Services) diagram.Append($"  {names[service.Service]}[\"{ShortOf(service.Service)}\"]\n");
        foreach (IGrouping<(string Publisher, string Consumer), string> way in topology.Routes.GroupBy(route => (route.Publisher, route.Consumer), route => route.Type))
        {
            diagram.Append($"  {names[way.Key.Publisher]} -->|\"{string.Join("<br/>", way.Select(type => ShortType(system, type)))}\"| {names[way.Key.Consumer]}\n");
        }

        if (topology.Stream is not { } stream) return diagram.ToString();

        diagram.Append($"  stream[(\"{stream.Name}\")]\n");
        foreach (IGrouping<string, string> kept in topology.Kept.GroupBy(kept => kept.Publisher, kept => kept.Type))
        {
            diagram.Append($"  {names[kept.Key]} -.->|\"{string.Join("<br/>", kept.Select(type => ShortType(system, type)))}\"| stream\n");
        }

        return diagram.ToString();
    }

    private static string List(IReadOnlyList<string> services) => services.Count == 0 ? "–" : string.Join(", ", services.Select(ShortOf));

    private static string ShortOf(string service) => service[(service.IndexOf('/') + 1)..];

    private static string ShortType(string system, string type) => type.StartsWith(system + ".", StringComparison.Ordinal) ? type[(system.Length + 1)..] : type;
}
