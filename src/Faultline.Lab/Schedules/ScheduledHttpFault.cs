using System.Text.Json;
using System.Text.Json.Nodes;
using Faultline.Lab.Links;
using Faultline.Protocol;
using Faultline.Proxy.Control;
using Faultline.Proxy.Http;
using Faultline.Proxy.Links;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Schedules;

/// <summary>An HTTP fault of a schedule, on every link that its name means.</summary>
internal sealed class ScheduledHttpFault(HttpLinkFault fault, FaultSite site) : ScheduledFault(fault, site)
{
    private const int MarksMax = 200;

    private IReadOnlyList<SystemLink> _links = [];
    private IReadOnlyList<HttpFaultReport> _last = []; // What was seen last, also after its removal.

    public override bool HasFired => Look().Any(seen => seen.Fired > 0);

    /// <summary>The fault as the fault proxy takes it.</summary>
    /// <param name="fault">As an experiment writes it.</param>
    /// <param name="seed">Decides its random choices.</param>
    /// <exception cref="Proxy.Problems.ProxyException">Something is wrong with it.</exception>
    public static HttpFaultConfig ConfigOf(HttpLinkFault fault, ulong seed)
    {
        var json = new JsonObject
        {
            ["name"] = fault.Name,
            ["kind"] = JsonSerializer.SerializeToNode(fault.Kinds),
            ["when"] = fault.When,
            ["seed"] = seed,
            ["attributes"] = JsonSerializer.SerializeToNode(fault.Attributes),
        };
        if (fault.Match is { } match) json["match"] = Part(("method", match.Method), ("path", match.Path), ("headers", match.Headers));
        if (fault.Trigger is { } trigger) json["trigger"] = Part(("once", trigger.Once), ("nth", trigger.Nth), ("first", trigger.First), ("every", trigger.Every), ("probability", trigger.Probability));
        return FaultJson.ReadHttpFault(JsonSerializer.SerializeToElement(json));
    }

    protected override Task PlaceAsync(CancellationToken stop)
    {
        _links = Site.Links.Named(fault.Link, fault.Instance);
        foreach (SystemLink link in _links) Site.Links.Add(link, ConfigOf(fault, Site.SeedOf(fault.Name, link.Name).Value));
        return Task.CompletedTask;
    }

    protected override async Task RemoveAsync(CancellationToken stop)
    {
        Look();
        foreach (SystemLink link in _links) await Site.Links.RemoveAsync(link, fault.Name);
    }

    protected override FaultRun Fill(FaultRun run)
    {
        IReadOnlyList<HttpFaultReport> seen = Look();
        HttpFiring[] firings = StartedAt is { } from ? [.. Site.Links.Firings.Where(firing => firing.Fault == fault.Name && firing.At >= from && _links.Any(link => link.Name == firing.Link))] : [];
        return run with
        {
            Executed = seen.Sum(each => each.Fired),
            Matched = seen.Sum(each => each.Matched),
            Marks = [.. firings.Take(MarksMax).Select(firing => new FaultMark(firing.At, $"{firing.Kind}: {firing.Method} {firing.Path} {firing.Operation}".TrimEnd()))],
        };
    }

    private static JsonObject Part(params IEnumerable<(string Name, object? Value)> fields)
    {
        var part = new JsonObject();
        foreach ((string name, object? value) in fields) if (value is not null) part[name] = JsonSerializer.SerializeToNode(value, ProtocolJson.Options);
        return part;
    }

    private IReadOnlyList<HttpFaultReport> Look() =>
        EndedAt is not null ? _last : _last = [.. _links.SelectMany(link => Site.Links.Report(link).HttpFaults).Where(report => report.Fault.Name == fault.Name)];
}
