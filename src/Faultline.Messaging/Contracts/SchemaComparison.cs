using System.Text.Json.Nodes;

namespace Faultline.Messaging.Contracts;

/// <summary>One way in which a schema no longer fits the bodies and readers of the one that was shipped.</summary>
/// <param name="Property">Where, for example <c>lines[].price</c>; empty for the body itself.</param>
/// <param name="What">What has changed.</param>
public sealed record SchemaBreak(string Property, string What);

/// <summary>
/// Compares the schema of a message version that was shipped with the declared one. A version may only gain properties that need not be there: bodies of it wait in queues and streams, and services of
/// both builds run side by side. Pure.
/// </summary>
public static class SchemaComparison
{
    /// <summary>What says nothing about which bodies fit.</summary>
    private static readonly HashSet<string> Notes = ["title", "description", "default", "$schema", "$id", "examples", "$comment"];

    private static readonly HashSet<string> Parts = ["properties", "required", "items", "additionalProperties", "enum"];

    /// <summary>What is incompatible, in the order of the shipped schema; empty when nothing is.</summary>
    /// <param name="shipped">The schema as it was shipped.</param>
    /// <param name="declared">The schema as the code declares it now.</param>
    public static IReadOnlyList<SchemaBreak> Breaks(JsonNode shipped, JsonNode declared) => [.. Compare("", shipped, declared)];

    private static IEnumerable<SchemaBreak> Compare(string path, JsonNode? shipped, JsonNode? declared)
    {
        if (shipped is not JsonObject was || declared is not JsonObject now)
        {
            if (!JsonNode.DeepEquals(shipped, declared)) yield return new SchemaBreak(path, $"was {Text(shipped)} and is {Text(declared)}");
            yield break;
        }

        foreach (string keyword in was.Select(pair => pair.Key).Union(now.Select(pair => pair.Key)).Where(keyword => !Notes.Contains(keyword) && !Parts.Contains(keyword)))
        {
            if (!SameKeyword(keyword, was[keyword], now[keyword])) yield return new SchemaBreak(path, $"'{keyword}' was {Text(was[keyword])} and is {Text(now[keyword])}");
        }

        foreach (SchemaBreak found in Values(path, was, now).Concat(Properties(path, was, now))) yield return found;
        if (was.ContainsKey("items") || now.ContainsKey("items"))
        {
            foreach (SchemaBreak found in Compare($"{path}[]", was["items"], now["items"])) yield return found;
        }

        if (was.ContainsKey("additionalProperties") || now.ContainsKey("additionalProperties"))
        {
            foreach (SchemaBreak found in Compare($"{path}{{}}", was["additionalProperties"], now["additionalProperties"])) yield return found;
        }
    }

    private static IEnumerable<SchemaBreak> Values(string path, JsonObject was, JsonObject now)
    {
        if (was["enum"] is null && now["enum"] is null) yield break;
        if (was["enum"] is not JsonArray old || now["enum"] is not JsonArray current)
        {
            yield return new SchemaBreak(path, $"the allowed values were {Text(was["enum"])} and are {Text(now["enum"])}");
            yield break;
        }

        string[] gone = [.. old.Select(Text).Except(current.Select(Text))];
        string[] added = [.. current.Select(Text).Except(old.Select(Text))];
        if (gone.Length > 0) yield return new SchemaBreak(path, $"the value {string.Join(", ", gone)} is gone, and bodies that hold it cannot be read any more");
        if (added.Length > 0) yield return new SchemaBreak(path, $"the value {string.Join(", ", added)} is new, and consumers of the shipped version cannot read it");
    }

    private static IEnumerable<SchemaBreak> Properties(string path, JsonObject was, JsonObject now)
    {
        JsonObject old = was["properties"] as JsonObject ?? [];
        JsonObject current = now["properties"] as JsonObject ?? [];
        HashSet<string> needed = Required(was), needs = Required(now);
        foreach ((string name, JsonNode? schema) in old)
        {
            string place = Place(path, name);
            if (current[name] is not { } declared)
            {
                // A property that came and looks the same is the usual way to see a new name.
                string? twin = current.Where(pair => !old.ContainsKey(pair.Key) && JsonNode.DeepEquals(pair.Value, schema)).Select(pair => pair.Key).FirstOrDefault();
                yield return new SchemaBreak(place, twin is null ? "is gone" : $"is gone (renamed to '{twin}'?)");
                continue;
            }

            foreach (SchemaBreak found in Compare(place, schema, declared)) yield return found;
            if (needs.Contains(name) && !needed.Contains(name)) yield return new SchemaBreak(place, "must be there now, and bodies without it cannot be read any more");
            if (!needs.Contains(name) && needed.Contains(name)) yield return new SchemaBreak(place, "may be missing now, and consumers of the shipped version need it");
        }

        foreach (string name in current.Select(pair => pair.Key).Where(name => !old.ContainsKey(name) && needs.Contains(name)))
        {
            yield return new SchemaBreak(Place(path, name), "is new and must be there, and bodies without it cannot be read; give it a default value, or make it a part of a new version");
        }
    }

    private static bool SameKeyword(string keyword, JsonNode? was, JsonNode? now) => keyword == "type" && was is JsonArray one && now is JsonArray other
        ? one.Select(Text).Order(StringComparer.Ordinal).SequenceEqual(other.Select(Text).Order(StringComparer.Ordinal))
        : JsonNode.DeepEquals(was, now);

    private static HashSet<string> Required(JsonObject schema) => schema["required"] is JsonArray names ? [.. names.Select(name => name!.GetValue<string>())] : [];

    private static string Place(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "nothing";
}
