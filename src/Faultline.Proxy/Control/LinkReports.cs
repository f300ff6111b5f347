using System.Text.Json;
using Faultline.Proxy.Links;
using Faultline.Proxy.Toxics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Proxy.Control;

/// <summary>GET /links: what happens on every link, live, and which of them carried traffic at all.</summary>
internal static class LinkReports
{
    public static void Map(IEndpointRouteBuilder routes, LinkSet links)
    {
        routes.MapGet("/links", http => LinkWriter.ReplyAsync(http, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("seed", links.Seed.Value);
            json.WriteStartArray("links");
            foreach (LinkReport link in links.Report()) Write(json, link);
            json.WriteEndArray();
            json.WriteEndObject();
        }));
        routes.MapGet("/links/{proxy}", http =>
        {
            LinkReport link = links.Report(OneProxy.NameIn(http));
            return LinkWriter.ReplyAsync(http, StatusCodes.Status200OK, json => Write(json, link));
        });
    }

    private static void Write(Utf8JsonWriter json, LinkReport link)
    {
        json.WriteStartObject();
        json.WriteString("name", link.Name);
        json.WriteString("listen", link.Listen);
        json.WriteString("upstream", link.Upstream);
        json.WriteBoolean("enabled", link.Enabled);
        json.WriteBoolean("carried_traffic", link.CarriedTraffic);
        json.WriteNumber("connections_open", link.ConnectionsOpen);
        json.WriteNumber("connections_accepted", link.ConnectionsAccepted);
        json.WriteNumber("connections_broken", link.ConnectionsBroken);
        json.WriteNumber("connects_failed", link.ConnectsFailed);
        if (link.LastConnectError is not null) json.WriteString("last_connect_error", link.LastConnectError);
        if (link.LastFailure is not null) json.WriteString("last_failure", link.LastFailure);
        json.WriteNumber("requests", link.Requests);
        json.WriteNumber("bytes_from_clients", link.BytesFromClients);
        json.WriteNumber("bytes_to_upstream", link.BytesToUpstream);
        json.WriteNumber("bytes_from_upstream", link.BytesFromUpstream);
        json.WriteNumber("bytes_to_clients", link.BytesToClients);
        WriteToxics(json, link);
        WriteFaults(json, link);
        json.WriteEndObject();
    }

    private static void WriteToxics(Utf8JsonWriter json, LinkReport link)
    {
        json.WriteStartArray("toxics");
        foreach (ToxicReport report in link.Toxics)
        {
            json.WriteStartObject();
            json.WriteString("name", report.Toxic.Name);
            json.WriteString("type", report.Toxic.Type);
            json.WriteString("stream", StreamSides.NameOf(report.Toxic.Stream));
            json.WriteNumber("seed", report.Seed);
            json.WriteNumber("acted", report.Acted);
            if (report.FirstActedAt is { } first) json.WriteString("first_acted_at", first);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFaults(Utf8JsonWriter json, LinkReport link)
    {
        json.WriteStartArray("http_faults");
        foreach (HttpFaultReport report in link.HttpFaults)
        {
            json.WriteStartObject();
            json.WriteString("name", report.Fault.Name);
            json.WriteNumber("seed", report.Seed);
            json.WriteNumber("matched", report.Matched);
            json.WriteNumber("fired", report.Fired);
            if (report.FirstFiredAt is { } first) json.WriteString("first_fired_at", first);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
