using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using Faultline.Messaging.Publishing;
using Faultline.Protocol.Services;

namespace Faultline.Messaging.Contracts;

/// <summary>The body of a message as JSON Schema, made from its CLR type: what is written, and what must be there to be read.</summary>
public static class MessageSchema
{
    // Numbers are written as numbers; that a reader would also take them as texts is no part of the contract.
    private static readonly JsonSerializerOptions Written = new(MessageCatalogue.Json) { NumberHandling = JsonNumberHandling.Strict };

    private static readonly JsonSchemaExporterOptions Exported = new() { TreatNullObliviousAsNonNullable = true };

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema of a message.</summary>
    /// <param name="message">The CLR type.</param>
    /// <exception cref="ArgumentException">It lacks the attribute, or has an unusable name or version.</exception>
    public static JsonObject Of(Type message)
    {
        MessageContract contract = MessageCatalogue.ContractOf(message);
        var schema = new JsonObject { ["title"] = $"{contract.Type} version {contract.Version}" };
        foreach ((string name, JsonNode? value) in Written.GetJsonSchemaAsNode(message, Exported).AsObject()) schema[name] = value?.DeepClone();
        return schema;
    }

    /// <summary>JSON as a file of the contracts: indented, with a line feed at the end of each line.</summary>
    /// <param name="node">What to write.</param>
    public static string Write(JsonNode node) => node.ToJsonString(Indented) + "\n";
}
