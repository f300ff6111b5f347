using System.Text.Json;
using System.Text.Json.Serialization;
using Faultline.Proxy.Http;

namespace Faultline.Proxy.Control;

/// <summary>Records that are written as they are.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HttpFaultSettings))]
internal sealed partial class ControlJson : JsonSerializerContext;
