using System.Text.Json;
using Faultline.Protocol.Services;
using Faultline.Verification.Experiments;

namespace Faultline.Verification.OwnSystems;

/// <summary>A system of the user's own, as its file describes it.</summary>
public sealed record OwnSystemConfig
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>A title for people.</summary>
    public required string Title { get; init; }

    /// <summary>Its services.</summary>
    public required IReadOnlyList<OwnServiceConfig> Services { get; init; }

    /// <summary>Its workloads.</summary>
    public IReadOnlyList<OwnWorkloadConfig> Workloads { get; init; } = [];

    /// <summary>Its rules.</summary>
    public IReadOnlyList<OwnInvariantConfig> Invariants { get; init; } = [];

    /// <summary>Files with its experiments and batteries, relative to its own file.</summary>
    public IReadOnlyList<BatteryFile> Batteries { get; init; } = [];

    /// <summary>How long it is left alone after faults and clients have gone, before anybody looks what it did.</summary>
    /// <value>500 ms; 0 to 10 minutes.</value>
    public TimeSpan Settles { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Its services as experiments may name them.</summary>
    public IReadOnlyList<ServiceDescription> Descriptions => [.. Services.Select(service => service.Describe())];
}

/// <summary>A file with experiments.</summary>
/// <param name="Path">As written.</param>
/// <param name="Line">Where it is written.</param>
public sealed record BatteryFile(string Path, int Line);

/// <summary>A service of such a system: a program that the lab starts, or one that runs already.</summary>
public sealed record OwnServiceConfig
{
    /// <summary>As <c>system/service</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The line at which it begins.</summary>
    public int Line { get; init; }

    /// <summary>The program, as written; null for a service that runs already.</summary>
    public string? Command { get; init; }

    /// <summary>Its arguments, with placeholders.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Its environment beside that of the lab, with placeholders.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it runs already; null for one that the lab starts.</summary>
    public Uri? Address { get; init; }

    /// <summary>The path that is asked for its health; null: it is well as soon as its port accepts connections.</summary>
    public string? HealthPath { get; init; }

    /// <summary>How long it may take to be well after its start.</summary>
    /// <value>60 seconds; 1 second to 10 minutes.</value>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it may take to end when asked to.</summary>
    /// <value>10 seconds; 100 ms to 5 minutes.</value>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether it listens at all, and whether for HTTP.</summary>
    public bool Listens { get; init; } = true;

    /// <summary>Whether it listens for HTTP.</summary>
    public bool IsHttp { get; init; } = true;

    /// <summary>Whether the lab makes a database for it.</summary>
    public bool HasDatabase { get; init; }

    /// <summary>What it reaches over links.</summary>
    public IReadOnlyList<OwnLinkConfig> Links { get; init; } = [];

    /// <summary>Protective patterns that its environment switches.</summary>
    public IReadOnlyList<OwnGuardConfig> Guards { get; init; } = [];

    /// <summary>The service as experiments may name it.</summary>
    public ServiceDescription Describe() => new(Service, [], [], [], [], [.. Guards.Select(guard => guard.Description)])
    {
        IsOwn = true,
        IsAttached = Address is not null,
        Listens = Listens,
        IsHttp = IsHttp,
        HasDatabase = HasDatabase,
        Calls = [.. Links.Where(link => link.Service is not null).Select(link => link.Service!)],
        Upstreams = [.. Links.Where(link => link.Upstream is not null).Select(link => link.Upstream!)],
    };
}

/// <summary>What a service reaches over a link.</summary>
/// <param name="Name">The name of its placeholder.</param>
/// <param name="Service">A service of the system, as <c>system/service</c>; null for a server outside.</param>
/// <param name="Upstream">A server outside the system; null for a service.</param>
/// <param name="Listen">The port on which the link listens; null for a free one. What runs already must know it beforehand.</param>
public sealed record OwnLinkConfig(string Name, string? Service, UpstreamDescription? Upstream, int? Listen);

/// <summary>A guard of a service of the user's own.</summary>
/// <param name="Description">As people read it.</param>
/// <param name="Off">What is added to the environment of the service while the guard is off.</param>
public sealed record OwnGuardConfig(Protocol.Guards.GuardDescription Description, IReadOnlyDictionary<string, string> Off);

/// <summary>A workload of such a system.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Says">What the client does.</param>
/// <param name="Steps">The requests of one operation.</param>
/// <param name="Values">What the seed draws for each.</param>
/// <param name="Subject">What an operation is about, with placeholders; null for nothing.</param>
public sealed record OwnWorkloadConfig(string Name, string Says, IReadOnlyList<HttpStep> Steps, IReadOnlyList<DrawnValue> Values, string? Subject);

/// <summary>How the rows of a probe are judged.</summary>
public static class OwnRules
{
    /// <summary>Every acknowledged operation is among the rows.</summary>
    public const string Lost = "lost";

    /// <summary>No operation is among the rows more than once.</summary>
    public const string Once = "once";

    /// <summary>An operation that certainly failed is not among the rows.</summary>
    public const string Refused = "refused";

    /// <summary>There is no row: each one that comes is a violation.</summary>
    public const string None = "none";

    /// <summary>The answer is as it must be.</summary>
    public const string Holds = "holds";

    /// <summary>Those that compare rows with operations.</summary>
    public static IReadOnlyList<string> OfOperations { get; } = [Lost, Once, Refused];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Lost, Once, Refused, None, Holds];
}

/// <summary>A rule of such a system: what is read when everything is quiet, and how it is judged.</summary>
public sealed record OwnInvariantConfig
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The rule as a sentence.</summary>
    public required string Says { get; init; }

    /// <summary>Names from <see cref="OwnRules"/>.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    /// <summary>What is read over HTTP; null for SQL.</summary>
    public HttpProbeConfig? Http { get; init; }

    /// <summary>What is read from a database; null for HTTP.</summary>
    public SqlProbeConfig? Sql { get; init; }

    /// <summary>How a row that must not be there is told, with the names of its columns as placeholders; null for all of its columns.</summary>
    public string? Sentence { get; init; }

    /// <summary>How long it may take until the rule holds.</summary>
    /// <value>10 seconds; 0 to 10 minutes.</value>
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>A probe over HTTP.</summary>
/// <param name="Service">Who is asked, as <c>system/service</c>.</param>
/// <param name="Path">The path; with <paramref name="Each"/> it has the placeholders of the operation.</param>
/// <param name="Rows">Where the list of rows stands in the reply; null when the reply is the list.</param>
/// <param name="Operation">Where the id of the operation stands in a row; null when the row is the id.</param>
/// <param name="Each">Whether it is asked for each acknowledged operation.</param>
/// <param name="Status">The status that is right.</param>
/// <param name="Expect">What the reply must hold.</param>
public sealed record HttpProbeConfig(string Service, string Path, string? Rows, string? Operation, bool Each, int Status, IReadOnlyList<JsonExpectation> Expect);

/// <summary>What a place in the reply must hold.</summary>
/// <param name="Path">The place, as <c>order.lines.0.price</c>.</param>
/// <param name="Value">The value, with placeholders; null for a range.</param>
/// <param name="Min">The smallest number; null for none.</param>
/// <param name="Max">The largest number; null for none.</param>
public sealed record JsonExpectation(string Path, JsonElement? Value, decimal? Min, decimal? Max);

/// <summary>A probe in a database.</summary>
/// <param name="Service">The service whose database the lab made, as <c>system/service</c>; null when the database is the user's.</param>
/// <param name="ConnectionFrom">The environment variable with the connection string; null for a database of the lab.</param>
/// <param name="Query">The query; <c>@prefix</c> stands for what the ids of all operations of the experiment begin with.</param>
public sealed record SqlProbeConfig(string? Service, string? ConnectionFrom, string Query);
