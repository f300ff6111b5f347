using System.Text.Json;
using System.Text.Json.Nodes;
using Faultline.Messaging.Contracts;
using Faultline.Messaging.Topology;
using Faultline.Protocol.Services;

namespace Faultline.Hosting.Contracts;

/// <summary>
/// The contracts of a system as files, made from its declarations: the schema of each version of each message, an AsyncAPI document of each service, and the topology. Committed, they are the memory of
/// what was shipped: what the code declares now is compared with them. Immutable.
/// </summary>
public sealed class SystemContracts
{
    private const string Messages = "messages/";

    private readonly DeclaredMessages _messages;

    private SystemContracts(IReadOnlyDictionary<string, string> files, DeclaredMessages messages) => (Files, _messages) = (files, messages);

    /// <summary>The files: path within the system's folder, and text.</summary>
    public IReadOnlyDictionary<string, string> Files { get; }

    /// <summary>Makes the contracts of a system.</summary>
    /// <param name="system">The system.</param>
    /// <param name="transports">The transports that it can run on.</param>
    public static SystemContracts Of(SystemDefinition system, IReadOnlyList<TransportContract> transports)
    {
        SystemTopology topology = system.Topology();
        DeclaredMessages messages = DeclaredMessages.Of(system);
        var api = new AsyncApi(topology, messages, transports);
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["topology.md"] = TopologyPage.Of(system.Name, topology, messages) };
        foreach (string service in topology.Services.Select(service => service.Service))
        {
            files[$"{service[(service.IndexOf('/') + 1)..]}.asyncapi.json"] = MessageSchema.Write(api.Of(service));
        }

        foreach (DeclaredMessage message in messages.All) files[$"{Messages}{message.Name}.json"] = MessageSchema.Write(message.Schema);
        return new SystemContracts(files, messages);
    }

    /// <summary>What would break if the code were shipped as it is; each says what to do. Empty when nothing would.</summary>
    /// <param name="shipped">The files as they were shipped: path within the system's folder, and text.</param>
    public IReadOnlyList<string> Breaks(IReadOnlyDictionary<string, string> shipped)
    {
        var breaks = new List<string>(_messages.Unread());
        foreach ((string path, string text) in shipped.Where(file => file.Key.StartsWith(Messages, StringComparison.Ordinal)).OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            if (ContractOf(path) is not { } contract) continue;

            DeclaredMessage? declared = _messages.All.FirstOrDefault(message => message.Contract == contract);
            if (declared is null) breaks.AddRange(Retired(contract, path));
            else breaks.AddRange(Compare(declared, path, text));
        }

        return breaks;
    }

    /// <summary>Which files differ from the shipped ones, are missing there, or are there and no longer declared; schemas of versions that are still read stay.</summary>
    /// <param name="shipped">The files as they were shipped: path within the system's folder, and text.</param>
    public IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string> shipped) =>
    [
        .. Files.Where(file => shipped.GetValueOrDefault(file.Key) != file.Value).Select(file => file.Key)
            .Concat(shipped.Keys.Where(path => !Files.ContainsKey(path) && ContractOf(path) is null)).Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Compare(DeclaredMessage declared, string path, string text)
    {
        JsonNode? was;
        try
        {
            was = JsonNode.Parse(text);
        }
        catch (JsonException error)
        {
            return [$"{path} is no JSON: {error.Message}"];
        }

        return was is null ? [$"{path} is empty"] : SchemaComparison.Breaks(was, declared.Schema).Select(found =>
            $"'{declared.Contract.Type}' version {declared.Contract.Version}: {(found.Property.Length == 0 ? "the body" : $"property '{found.Property}'")} {found.What}. "
            + $"Put it back, or declare version {declared.Contract.Version + 1} with an upcaster (IUpcast); if this version was never shipped, delete {path}.");
    }

    // A version that nobody declares any more may still wait in queues, streams and dead letters.
    private IEnumerable<string> Retired(MessageContract contract, string path)
    {
        if (_messages.ReadersOf(contract).Count > 0) yield break;

        yield return $"'{contract.Type}' version {contract.Version} was shipped, and nothing declares or reads it any more. Keep its type, or let a newer version read it (IUpcast); "
            + $"when no queue, stream or dead letter can hold one, delete {path}.";
    }

    private static MessageContract? ContractOf(string path)
    {
        if (!path.StartsWith(Messages, StringComparison.Ordinal) || !path.EndsWith(".json", StringComparison.Ordinal)) return null;

        string name = path[Messages.Length..^".json".Length];
        int dot = name.LastIndexOf(".v", StringComparison.Ordinal);
        return dot > 0 && int.TryParse(name.AsSpan(dot + 2), System.Globalization.NumberStyles.None, null, out int version) ? new MessageContract(name[..dot], version) : null;
    }
}
