using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Links;
using Faultline.Protocol.Services;

namespace Faultline.Verification.Schedules;

/// <summary>A toxic on a link: what happens to the bytes of its connections.</summary>
public sealed record ToxicFault : FaultSpec
{
    /// <summary>A link of the system such as <c>tickets-broker</c>, all instances of it.</summary>
    public required string Link { get; init; }

    /// <summary>Only the links of this instance, such as <c>tickets-2</c>; null means all.</summary>
    public string? Instance { get; init; }

    /// <summary>A type from <see cref="ToxicForms.Types"/>.</summary>
    public required string Type { get; init; }

    /// <summary>upstream (what goes to the server) or downstream (what comes from it).</summary>
    public string Stream { get; init; } = "downstream";

    /// <summary>The share of connections, above 0 to 1; which ones, the seed decides.</summary>
    public double Toxicity { get; init; } = 1;

    /// <summary>The attributes of its type.</summary>
    public IReadOnlyDictionary<string, double> Attributes { get; init; } = new Dictionary<string, double>();

    /// <inheritdoc />
    public override string Says => $"{Type} on {Link}{(Instance is null ? "" : $" of {Instance}")}, {Stream}";
}

/// <summary>An HTTP fault on a link: what happens to requests and replies.</summary>
public sealed record HttpLinkFault : FaultSpec
{
    /// <summary>An HTTP link of the system such as <c>client-inquiries</c>.</summary>
    public required string Link { get; init; }

    /// <summary>Only the links of this instance; null means all.</summary>
    public string? Instance { get; init; }

    /// <summary>Kinds from <see cref="ToxicForms.HttpKinds"/>; of several the seed picks one at each firing.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>before (the work is not done) or after (it is done, and the reply is lost or changed).</summary>
    public string When { get; init; } = "before";

    /// <summary>Which requests, by method, path and headers; null means all.</summary>
    public MatchSpec? Match { get; init; }

    /// <summary>When it fires; null means on every match.</summary>
    public TriggerSpec? Trigger { get; init; }

    /// <summary>Details of the kinds, by the names of <see cref="ToxicForms.HttpAttributes"/>.</summary>
    public IReadOnlyDictionary<string, JsonElement> Attributes { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The code of a <c>status</c>; 503 when nothing is said.</summary>
    public int Status => Attributes.TryGetValue("status", out JsonElement status) && status.TryGetInt32(out int code) ? code : 503;

    /// <inheritdoc />
    public override string Says => $"{string.Join(" or ", Kinds)} {When} the work on {Link}{(Instance is null ? "" : $" of {Instance}")}";
}

/// <summary>Cuts a system into groups that do not reach each other.</summary>
public sealed record PartitionFault : FaultSpec
{
    /// <summary>One side: services, instances, <c>client</c>, <c>database</c> or <c>broker</c>.</summary>
    public required IReadOnlyList<string> Group { get; init; }

    /// <summary>The other side; empty means everything else.</summary>
    public IReadOnlyList<string> Rest { get; init; } = [];

    /// <summary>A name from <see cref="PartitionWays"/>.</summary>
    public string Way { get; init; } = PartitionWays.Both;

    /// <inheritdoc />
    public override string Says => $"{string.Join(", ", Group)} cut off from {(Rest.Count == 0 ? "everything else" : string.Join(", ", Rest))}{(Way == PartitionWays.Both ? "" : $", {Way} only")}";
}

/// <summary>Which way a partition cuts.</summary>
public static class PartitionWays
{
    /// <summary>Nothing gets through.</summary>
    public const string Both = "both";

    /// <summary>What the group sends does not arrive; what it is sent does.</summary>
    public const string Out = "out";

    /// <summary>What the group is sent does not arrive; what it sends does.</summary>
    public const string In = "in";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Both, Out, In];
}

/// <summary>Every interval takes something down that the seed picks, for a time that the seed draws, and brings it back. Several may be down at once.</summary>
public sealed record DisruptorFault : FaultSpec
{
    /// <summary>How often.</summary>
    public required TimeSpan Every { get; init; }

    /// <summary>The shortest time down.</summary>
    public TimeSpan DownMin { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest time down.</summary>
    public TimeSpan DownMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Services, servers such as <c>postgres/services</c> or <c>broker</c>, and links such as <c>tickets-broker</c>.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>What is done to processes: kill, stop or pause. A link is cut.</summary>
    public IReadOnlyList<string> Verbs { get; init; } = DisruptorDraw.UsualVerbs;

    /// <summary>How many may be down at the same time.</summary>
    /// <value>2; 1 to 10.</value>
    public int AtOnce { get; init; } = 2;

    /// <inheritdoc />
    public override string Says => $"every {Every.TotalSeconds:0.###} s one of {string.Join(", ", Targets)} down";
}

/// <summary>What link faults may cause, by the one table.</summary>
public static class LinkEffects
{
    /// <summary>The cells of a fault; none for a fault that is on no link.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="links">The links of the system.</param>
    public static IReadOnlyList<LinkFaultCell> Of(FaultSpec fault, IReadOnlyList<LinkDescription> links) => fault switch
    {
        ToxicFault toxic when links.FirstOrDefault(link => link.Name == toxic.Link) is { } link => [LinkFaultTable.OfToxic(toxic.Type, link.Role, toxic.Stream == ToxicForms.Upstream)],
        HttpLinkFault http when links.FirstOrDefault(link => link.Name == http.Link) is { } link => [.. http.Kinds.Select(kind => LinkFaultTable.OfHttp(kind, link.Role, http.When, http.Status))],
        PartitionFault => [LinkFaultTable.OfPartition()],
        _ => [],
    };
}
