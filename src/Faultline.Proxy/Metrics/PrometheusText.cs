using System.Globalization;
using System.Text;
using Faultline.Proxy.Links;
using Faultline.Proxy.Toxics;

namespace Faultline.Proxy.Metrics;

/// <summary>The counts of all links in Prometheus' text format. Bytes have Toxiproxy's names and labels.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IReadOnlyList<LinkReport> links)
    {
        var text = new StringBuilder();
        Family(text, "toxiproxy_proxy_received_bytes_total", "counter", "Bytes received, by direction.", links.SelectMany(link => Sides(link, link.BytesFromClients, link.BytesFromUpstream)));
        Family(text, "toxiproxy_proxy_sent_bytes_total", "counter", "Bytes passed on, by direction.", links.SelectMany(link => Sides(link, link.BytesToUpstream, link.BytesToClients)));
        Family(text, "faultline_proxy_enabled", "gauge", "1 when clients can connect.", links.Select(link => (Labels(link), link.Enabled ? 1L : 0)));
        Family(text, "faultline_proxy_connections", "gauge", "Open connections.", links.Select(link => (Labels(link), (long)link.ConnectionsOpen)));
        Family(text, "faultline_proxy_connections_accepted_total", "counter", "Connections that clients opened.", links.Select(link => (Labels(link), link.ConnectionsAccepted)));
        Family(text, "faultline_proxy_connections_broken_total", "counter", "Connections that ended with a reset.", links.Select(link => (Labels(link), link.ConnectionsBroken)));
        Family(text, "faultline_proxy_connects_failed_total", "counter", "Connections whose upstream could not be reached.", links.Select(link => (Labels(link), link.ConnectsFailed)));
        Family(text, "faultline_proxy_requests_total", "counter", "HTTP requests.", links.Select(link => (Labels(link), link.Requests)));
        Family(text, "faultline_proxy_toxic_acted_total", "counter", "How often a toxic acted.", links.SelectMany(Toxics));
        Family(text, "faultline_proxy_http_fault_fired_total", "counter", "How often an HTTP fault fired.", links.SelectMany(Faults));
        return text.ToString();
    }

    private static IEnumerable<(string Labels, long Value)> Sides(LinkReport link, long up, long down)
    {
        string rest = $"listener=\"{Escape(link.Listen)}\",{Labels(link)},upstream=\"{Escape(link.Upstream)}\"";
        return [($"direction=\"upstream\",{rest}", up), ($"direction=\"downstream\",{rest}", down)];
    }

    private static IEnumerable<(string Labels, long Value)> Toxics(LinkReport link) => link.Toxics.Select(report =>
        ($"{Labels(link)},toxic=\"{Escape(report.Toxic.Name!)}\",type=\"{report.Toxic.Type}\",direction=\"{StreamSides.NameOf(report.Toxic.Stream)}\"", report.Acted));

    private static IEnumerable<(string Labels, long Value)> Faults(LinkReport link) => link.HttpFaults.Select(report => ($"{Labels(link)},fault=\"{Escape(report.Fault.Name!)}\"", report.Fired));

    private static string Labels(LinkReport link) => $"proxy=\"{Escape(link.Name)}\"";

    private static void Family(StringBuilder text, string name, string type, string help, IEnumerable<(string Labels, long Value)> samples)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
        foreach ((string labels, long value) in samples) text.Append(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {value}\n");
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
