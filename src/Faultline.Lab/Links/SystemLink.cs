using Faultline.Protocol.Services;

namespace Faultline.Lab.Links;

/// <summary>A link of one instance: a way between two processes, through the fault proxy.</summary>
/// <param name="Name">Its ends, as <c>orders-1-menu-1</c>, <c>orders-1-database</c>, <c>client-orders-1</c>.</param>
/// <param name="Link">The link of the system that it is a part of.</param>
/// <param name="From">Who connects: an instance such as <c>orders-1</c>, or <c>client</c>.</param>
/// <param name="To">Where to: an instance, <c>database</c> or <c>broker</c>.</param>
/// <param name="Port">Where it listens on 127.0.0.1.</param>
public sealed record SystemLink(string Name, LinkDescription Link, string From, string To, int Port)
{
    /// <summary>Whether a name means this link: its own, that of the link of the system, and where given one of its ends.</summary>
    /// <param name="name">A name of a link.</param>
    /// <param name="instance">The only instance, such as <c>orders-1</c>; null for all.</param>
    public bool IsNamed(string name, string? instance = null) => (Name == name || Link.Name == name) && (instance is null || From == instance || To == instance);

    /// <summary>Whether it connects one group with another.</summary>
    /// <param name="one">Names of instances, services, <c>client</c>, <c>database</c> or <c>broker</c>.</param>
    /// <param name="other">The same.</param>
    public bool Leads(IReadOnlyCollection<string> one, IReadOnlyCollection<string> other) => IsIn(one, From, Link.From) && IsIn(other, To, Link.To);

    private static bool IsIn(IReadOnlyCollection<string> group, string end, string kind) => group.Contains(end) || group.Contains(kind);
}
