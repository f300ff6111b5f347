using System.Text.Json;
using System.Text.Json.Serialization;

namespace Faultline.Protocol;

/// <summary>How everything in this namespace is written as JSON: camel case, nulls left out, enumerations by name.</summary>
public static class ProtocolJson
{
    /// <summary>The options; read-only and safe for all threads.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
