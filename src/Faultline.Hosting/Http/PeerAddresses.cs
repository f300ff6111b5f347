using Faultline.Hosting.Configuration;

namespace Faultline.Hosting.Http;

/// <summary>Where the services answer that this one calls, from the section <c>Faultline:Peers</c>. A lab puts its links between: the service does not notice.</summary>
/// <param name="service">The service that calls.</param>
/// <param name="addresses">By last name.</param>
public sealed class PeerAddresses(string service, IReadOnlyDictionary<string, string> addresses)
{
    /// <summary>Where a service answers.</summary>
    /// <param name="name">Its last name, such as <c>menu</c>.</param>
    /// <exception cref="ConfigurationException">Nobody has said it.</exception>
    public Uri Of(string name) => addresses.TryGetValue(name, out string? address)
        ? new Uri(address)
        : throw new ConfigurationException($"Faultline:Peers:{name} is missing; it must be the address at which {service} reaches {name}, such as http://127.0.0.1:8081");
}
