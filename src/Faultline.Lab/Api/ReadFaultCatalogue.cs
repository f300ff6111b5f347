using Faultline.Lab.Control;
using Faultline.Protocol.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>A parameter of a fault, as a form shows it.</summary>
/// <param name="Name">The name in JSON.</param>
/// <param name="Type">whole, number, bool or text.</param>
/// <param name="Says">What it does.</param>
public sealed record FaultParameterView(string Name, string Type, string Says)
{
    /// <summary>Its unit, as ms; null where it has none.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether it must be given.</summary>
    public bool Required { get; init; }

    /// <summary>The smallest value, or the shortest text; null for any.</summary>
    public double? Min { get; init; }

    /// <summary>The largest value, or the longest text; null for any.</summary>
    public double? Max { get; init; }

    /// <summary>What it is when left out, as text; null for nothing.</summary>
    public string? Default { get; init; }

    /// <summary>The only values; null for any.</summary>
    public IReadOnlyList<string>? OneOf { get; init; }

    /// <summary>The parameter that it may not exceed; null for none.</summary>
    public string? AtMost { get; init; }
}

/// <summary>A kind of fault.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Says">What happens, for a person who does not read C#.</param>
/// <param name="Parameters">What can be set.</param>
public sealed record FaultKindView(string Name, string Says, IReadOnlyList<FaultParameterView> Parameters);

/// <summary>The way of a message through one part of a service.</summary>
/// <param name="Name">The first part of the names of its points.</param>
/// <param name="Says">What happens there.</param>
/// <param name="Points">Its fault points, in the order in which a message passes them.</param>
public sealed record PipelineView(string Name, string Says, IReadOnlyList<string> Points);

/// <summary>Something that can be said in a word.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Says">What it means.</param>
public sealed record WordView(string Name, string Says);

/// <summary>Everything that can be broken, in words for a person who does not read C#.</summary>
/// <param name="Pipelines">The ways through a service.</param>
/// <param name="Points">The fault points.</param>
/// <param name="Kinds">What an anomaly does.</param>
/// <param name="Triggers">When it fires; exactly one is set, or none for always.</param>
/// <param name="Matches">Which messages or requests it looks at.</param>
/// <param name="Toxics">What can be done to the bytes of a link.</param>
/// <param name="HttpFaults">What can be done to the requests of an HTTP link.</param>
/// <param name="HttpAttributes">Details of HTTP faults.</param>
/// <param name="Disruptions">What can be done to a process.</param>
public sealed record FaultCatalogueView(
    IReadOnlyList<PipelineView> Pipelines, IReadOnlyList<FaultPointView> Points, IReadOnlyList<FaultKindView> Kinds, IReadOnlyList<FaultParameterView> Triggers, IReadOnlyList<WordView> Matches,
    IReadOnlyList<FaultKindView> Toxics, IReadOnlyList<WordView> HttpFaults, IReadOnlyList<FaultParameterView> HttpAttributes, IReadOnlyList<WordView> Disruptions);

/// <summary>GET /api/catalogue/faults: everything that can be broken, in words.</summary>
internal static class ReadFaultCatalogue
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/catalogue/faults", Handle).WithName("ReadFaultCatalogue").WithTags("lab")
        .WithSummary("Everything that can be broken, in words: fault points in the order of a message's way, kinds with their parameters, triggers, toxics, HTTP faults, disruptions");

    private static Ok<FaultCatalogueView> Handle(LabServerOptions options) => TypedResults.Ok(new FaultCatalogueView(
        [.. FaultPoints.All.GroupBy(point => point.Pipeline).Select(points => new PipelineView(points.Key, FaultTexts.Pipelines.GetValueOrDefault(points.Key, points.Key), [.. points.Select(point => point.Name)]))],
        [.. FaultPoints.All.Select(FaultPointView.Of)], options.Kinds, FaultTexts.Triggers, FaultTexts.Matches, FaultTexts.Toxics, FaultTexts.HttpFaults, FaultTexts.HttpAttributes, FaultTexts.Disruptions));
}
