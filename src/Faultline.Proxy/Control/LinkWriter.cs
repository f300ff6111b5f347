using System.Buffers;
using System.Text.Json;
using Faultline.Proxy.Http;
using Faultline.Proxy.Links;
using Faultline.Proxy.Toxics;
using Faultline.Triggers;
using Microsoft.AspNetCore.Http;

namespace Faultline.Proxy.Control;

/// <summary>Writes links and faults, member by member in the order of Toxiproxy's replies. What is ours comes last, and only where it is used.</summary>
internal static class LinkWriter
{
    public static async Task ReplyAsync(HttpContext http, int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter(buffer)) write(json);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = buffer.WrittenCount;
        await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    public static void Write(Utf8JsonWriter json, Link link)
    {
        json.WriteStartObject();
        json.WriteString("name", link.Name);
        json.WriteString("listen", link.Listen);
        json.WriteString("upstream", link.Upstream);
        json.WriteBoolean("enabled", link.IsEnabled);
        json.WriteStartArray("toxics");
        foreach (Toxic toxic in link.Toxics.Toxics) Write(json, toxic);
        json.WriteEndArray();
        if (link.IsHttp)
        {
            json.WriteString("protocol", "http");
            json.WriteStartArray("http_faults");
            foreach (HttpFault fault in link.HttpFaults.Faults) Write(json, fault);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Toxic toxic)
    {
        json.WriteStartObject();
        json.WriteStartObject("attributes");
        for (int index = 0; index < toxic.Kind.Attributes.Count; index++) json.WriteNumber(toxic.Kind.Attributes[index].Name, toxic[index]);
        json.WriteEndObject();
        json.WriteString("name", toxic.Name);
        json.WriteString("type", toxic.Kind.Name);
        json.WriteString("stream", StreamSides.NameOf(toxic.Config.Stream));
        json.WriteNumber("toxicity", toxic.Config.Toxicity);
        if (toxic.Config.ExpiresAt is { } end) json.WriteString("expires_at", end);
        if (toxic.Config.Seed is { } seed) json.WriteNumber("seed", seed);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, HttpFault fault)
    {
        HttpFaultConfig config = fault.Config;
        json.WriteStartObject();
        json.WriteString("name", fault.Name);
        if (config.Kinds.Count == 1)
        {
            json.WriteString("kind", config.Kinds[0]);
        }
        else
        {
            json.WriteStartArray("kind");
            foreach (string kind in config.Kinds) json.WriteStringValue(kind);
            json.WriteEndArray();
        }

        json.WriteString("when", NameOf(config.When));
        Write(json, config.Match);
        Write(json, config.Trigger);
        json.WritePropertyName("attributes");
        JsonSerializer.Serialize(json, config.Settings, ControlJson.Default.HttpFaultSettings);
        if (config.ExpiresAt is { } end) json.WriteString("expires_at", end);
        json.WriteNumber("seed", fault.Seed.Value);
        (long matches, long fired, DateTimeOffset? firstAt) = fault.Counts();
        json.WriteNumber("matched", matches);
        json.WriteNumber("fired", fired);
        if (firstAt is { } first) json.WriteString("first_fired_at", first);
        json.WriteEndObject();
    }

    public static string NameOf(HttpPhase phase) => phase is HttpPhase.Before ? "before" : "after";

    private static void Write(Utf8JsonWriter json, Matcher match)
    {
        json.WriteStartObject("match");
        if (match.Method is not null) json.WriteString("method", match.Method);
        if (match.Path is not null) json.WriteString("path", match.Path);
        if (match.Headers is not null)
        {
            json.WriteStartObject("headers");
            foreach ((string name, string value) in match.Headers) json.WriteString(name, value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TriggerRule trigger)
    {
        json.WriteStartObject("trigger");
        switch (trigger)
        {
            case TriggerRule.Nth nth: json.WriteNumber("nth", nth.K); break;
            case TriggerRule.First first: json.WriteNumber("first", first.N); break;
            case TriggerRule.Every every: json.WriteNumber("every", every.K); break;
            case TriggerRule.Probability probability: json.WriteNumber("probability", probability.Chance); break;
            case TriggerRule.While window:
                json.WriteStartObject("while");
                if (window.From is { } from) json.WriteString("from", from);
                if (window.Until is { } until) json.WriteString("until", until);
                json.WriteEndObject();
                break;
            default: break; // Always: an empty object says it.
        }

        json.WriteEndObject();
    }
}
