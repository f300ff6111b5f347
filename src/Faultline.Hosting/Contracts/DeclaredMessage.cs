using System.Text.Json.Nodes;
using Faultline.Messaging.Contracts;
using Faultline.Messaging.Publishing;
using Faultline.Protocol.Services;

namespace Faultline.Hosting.Contracts;

/// <summary>One version of a message as the code of a system declares it.</summary>
/// <param name="Contract">Its name and version.</param>
/// <param name="Type">Its CLR type.</param>
/// <param name="Schema">Its body.</param>
/// <param name="Publishers">Who publishes it.</param>
/// <param name="Readers">Who reads it, with a type of its own or by an upcaster.</param>
internal sealed record DeclaredMessage(MessageContract Contract, Type Type, JsonObject Schema, IReadOnlyList<string> Publishers, IReadOnlyList<string> Readers)
{
    /// <summary>The name of this version in documents and files.</summary>
    public string Name => NameOf(Contract);

    /// <summary>The name of a version in documents and files.</summary>
    public static string NameOf(MessageContract contract) => $"{contract.Type}.v{contract.Version}";
}

/// <summary>All messages of a system, and who reads which versions of them.</summary>
internal sealed class DeclaredMessages
{
    private readonly Dictionary<string, MessageCatalogue> _reads;

    private DeclaredMessages(IReadOnlyList<DeclaredMessage> all, Dictionary<string, MessageCatalogue> reads) => (All, _reads) = (all, reads);

    /// <summary>Every declared version, by name.</summary>
    public IReadOnlyList<DeclaredMessage> All { get; }

    /// <summary>Finds them.</summary>
    /// <param name="system">The system.</param>
    public static DeclaredMessages Of(SystemDefinition system)
    {
        ServiceBuilder[] services = [.. system.Services.Select(service => service.Build())];
        Dictionary<string, MessageCatalogue> reads = services.ToDictionary(service => service.Name, service => new MessageCatalogue(service.Messages, service.Consumed));
        IEnumerable<DeclaredMessage> all =
            from type in services.SelectMany(service => service.Messages).Distinct()
            let contract = MessageCatalogue.ContractOf(type)
            orderby contract.Type, contract.Version
            select new DeclaredMessage(
                contract, type, MessageSchema.Of(type),
                [.. services.Where(service => service.Published.Contains(type)).Select(service => service.Name)],
                [.. services.Where(service => reads[service.Name].VersionsOf(contract.Type).Contains(contract.Version)).Select(service => service.Name)]);
        return new DeclaredMessages([.. all], reads);
    }

    /// <summary>The versions of a message that a service reads.</summary>
    public IReadOnlyList<int> VersionsRead(string service, string type) => _reads[service].VersionsOf(type);

    /// <summary>Who reads a version of a message.</summary>
    public IReadOnlyList<string> ReadersOf(MessageContract contract) => [.. _reads.Where(service => service.Value.VersionsOf(contract.Type).Contains(contract.Version)).Select(service => service.Key)];

    /// <summary>Versions that a service publishes and a consumer of the type cannot read.</summary>
    public IEnumerable<string> Unread() =>
        from message in All
        where message.Publishers.Count > 0
        from reader in _reads
        let versions = reader.Value.VersionsOf(message.Contract.Type)
        where versions.Count > 0 && !versions.Contains(message.Contract.Version)
        select $"'{message.Publishers[0]}' publishes version {message.Contract.Version} of '{message.Contract.Type}', and '{reader.Key}' reads only {string.Join(", ", versions)}: "
            + "give the service a type of that version, or its type an upcaster (IUpcast)";
}
