using System.Text.Json;

namespace Faultline.Tidy.Sources;

/// <summary>What people may allow, each with its reason: <c>eng/tidy.json</c>.</summary>
internal sealed record TidySettings(IReadOnlyList<string> RootEntries, IReadOnlyList<string> FileTypes, IReadOnlyDictionary<string, string> Interfaces)
{
    public static TidySettings Current { get; } = Json.Read<TidySettings>("eng/tidy.json");
}

/// <summary>Offenders against the limits of length, recorded by size: <c>eng/ratchet.json</c>. They may only shrink.</summary>
internal sealed record Ratchet(IReadOnlyDictionary<string, int> Functions, IReadOnlyDictionary<string, int> Files)
{
    public static Ratchet Empty { get; } = new(new Dictionary<string, int>(), new Dictionary<string, int>());

    public static Ratchet Current { get; } = Json.Read<Ratchet>("eng/ratchet.json");
}

internal static class Json
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true };

    public static T Read<T>(string path) =>
        JsonSerializer.Deserialize<T>(Repository.File(path).Text, Options) ?? throw new InvalidOperationException($"{path} holds null.");
}
