namespace Faultline.Lab.Systems;

/// <summary>A program of the user's own in place of one of the services of a system: the lab starts it, or attaches to it where it already runs, and speaks HTTP with it and nothing else.</summary>
public sealed record StandIn
{
    /// <summary>The service that it stands in for, as <c>system/service</c>.</summary>
    public required string Service { get; init; }

    /// <summary>What the user named: a folder, an executable or an address.</summary>
    public required string Source { get; init; }

    /// <summary>The program to start; null for one that already runs.</summary>
    public string? Executable { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Where it is started.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Where it already runs; null for one that is started.</summary>
    public Uri? Address { get; init; }

    /// <summary>Whether it runs without the lab, which then cannot take it down.</summary>
    public bool IsAttached => Address is not null;

    /// <summary>The ports of the links to the services that an attached program calls: fixed, because it is configured before the lab begins.</summary>
    public const int FirstPeerPort = 21_081;
}
