using System.Globalization;
using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Links;
using Faultline.Protocol.Services;
using Faultline.Verification.Schedules;
using YamlDotNet.RepresentationModel;

namespace Faultline.Verification.Experiments;

/// <summary>The faults of a schedule that act on links: toxics, HTTP faults, partitions; and the disruptor, which may cut links too.</summary>
internal sealed class LinkFaultFields(SystemDescription? system, Catalogue catalogue)
{
    private const double NumberMax = 86_400_000_000;
    private static readonly TimeSpan DownMaxMax = TimeSpan.FromMinutes(5);

    private readonly IReadOnlyList<LinkDescription> _links = system?.Links ?? [];

    public ToxicFault? Toxic(Fields fields)
    {
        (string? link, string? instance) = Link(fields, httpOnly: false);
        fields.Required("type", "one of: " + string.Join(", ", ToxicForms.Types));
        ToxicForm? form = ToxicForms.Find(fields.OneOf("type", ToxicForms.Types));
        string? stream = fields.OneOf("stream", ToxicForms.Streams);
        double? toxicity = fields.Number("toxicity", 0, 1);
        IReadOnlyDictionary<string, double> attributes = form is null ? Unread(fields) : Numbers(fields, form);
        return link is null || form is null ? null : new ToxicFault { Name = "", Link = link, Instance = instance, Type = form.Type, Stream = stream ?? "downstream", Toxicity = toxicity ?? 1, Attributes = attributes };
    }

    public HttpLinkFault? Http(Fields fields)
    {
        (string? link, string? instance) = Link(fields, httpOnly: true);
        if (!fields.Has("kind")) fields.Required("kind", "one of: " + string.Join(", ", ToxicForms.HttpKinds) + ", or a list of them");
        IReadOnlyList<string> kinds = fields.Node("kind") is YamlSequenceNode ? fields.Names("kind", ToxicForms.HttpKinds) : fields.OneOf("kind", ToxicForms.HttpKinds) is { } kind ? [kind] : [];
        string when = fields.OneOf("when", ToxicForms.HttpPhases) ?? "before";
        MatchSpec? match = Match(fields);
        TriggerSpec? trigger = AnomalyFields.Trigger(fields);
        IReadOnlyDictionary<string, JsonElement> attributes = fields.Map("attributes")?.Rest(ToxicForms.HttpAttributes) ?? new Dictionary<string, JsonElement>();
        if (link is null || kinds.Count == 0) return null;

        var fault = new HttpLinkFault { Name = "", Link = link, Instance = instance, Kinds = kinds, When = when, Match = match, Trigger = trigger, Attributes = attributes };
        foreach (LinkFaultCell cell in LinkEffects.Of(fault, _links).Where(cell => cell.Effect == LinkEffect.Refused)) fields.Problem("kind", $"is '{cell.Kind}', which makes no sense {when} the work on {link}: {cell.Why}");
        return fault;
    }

    public PartitionFault? Partition(Fields fields)
    {
        string[] ends = [.. _links.SelectMany(link => new[] { link.From, link.To }).Distinct()];
        if (!fields.Has("group")) fields.Problems.Add(fields.Line, $"{fields.At("group")} is missing; it must be a list of: {string.Join(", ", ends)}, or instances such as tickets-2");
        IReadOnlyList<string> group = Ends(fields, "group", ends), rest = Ends(fields, "from", ends);
        string way = fields.OneOf("way", PartitionWays.All) ?? PartitionWays.Both;
        if (group.Intersect(rest).FirstOrDefault() is { } both) fields.Problem("from", $"has '{both}', which is in the group too; each end is on one side");
        if (group.Count == 0 || fields.Problems.Count > 0) return null;

        bool isCut = _links.Any(link => Leads(link, group, rest) || Leads(link, rest, group));
        if (!isCut) fields.Problem("group", $"and the other side have no link between them; there are: {string.Join(", ", _links.Select(link => link.Name))}");
        return new PartitionFault { Name = "", Group = group, Rest = rest, Way = way };
    }

    public DisruptorFault? Disruptor(Fields fields)
    {
        if (!fields.Has("every")) fields.Required("every", "a duration, for example 2s");
        TimeSpan? every = fields.Duration("every", TimeSpan.FromMilliseconds(50), TimeSpan.FromHours(1));
        Fields? down = fields.Map("down");
        TimeSpan min = down?.Duration("min", TimeSpan.FromMilliseconds(1), DownMaxMax) ?? TimeSpan.FromMilliseconds(200);
        TimeSpan max = down?.Duration("max", TimeSpan.FromMilliseconds(1), DownMaxMax) ?? TimeSpan.FromTicks(Math.Max(min.Ticks, TimeSpan.FromSeconds(2).Ticks));
        if (max < min) down!.Problem("max", $"is {Durations.Write(max)}, which is less than min ({Durations.Write(min)})");
        down?.End();
        IReadOnlyList<string> targets = Targets(fields);
        IReadOnlyList<string> verbs = fields.Names("verbs", DisruptorDraw.UsualVerbs);
        int atOnce = (int)(fields.Whole("atOnce", 1, 10) ?? 2);
        return every is null || targets.Count == 0 ? null
            : new DisruptorFault { Name = "", Every = every.Value, DownMin = min, DownMax = max, Targets = targets, Verbs = verbs.Count > 0 ? verbs : DisruptorDraw.UsualVerbs, AtOnce = atOnce };
    }

    /// <summary>An experiment with a fault whose consequences cannot be told must say which violation it wants to see.</summary>
    public static void CheckEffects(Fields fields, IReadOnlyList<FaultSpec> schedule, SystemDescription? system, string? expect)
    {
        if (expect is not null || system is null) return;

        foreach ((FaultSpec fault, LinkFaultCell cell) in schedule.SelectMany(fault => LinkEffects.Of(fault, system.Links).Where(cell => cell.Effect == LinkEffect.Destructive).Select(cell => (fault, cell))))
        {
            fields.Problem("schedule", $"has '{fault.Name}' ({fault.Says}), which may break rules for messages that cannot be named: {cell.Why}; say which violation comes with expect, or take another fault");
        }
    }

    private (string? Link, string? Instance) Link(Fields fields, bool httpOnly)
    {
        string[] names = [.. _links.Where(link => !httpOnly || link.IsHttp).Select(link => link.Name)];
        string? name = fields.Required("link", "a link of the system: " + string.Join(", ", names));
        string? instance = fields.Text("instance");
        if (name is null || system is null || names.Contains(name)) return (name, instance);

        fields.Problem("link", httpOnly && _links.Any(link => link.Name == name) ? $"is '{name}', which carries no HTTP; {Nearest.OneOf("", names)}" : $"is '{name}'; {Nearest.OneOf(name, names)}");
        return (null, instance);
    }

    private static Dictionary<string, double> Numbers(Fields fields, ToxicForm form)
    {
        var attributes = new Dictionary<string, double>();
        Fields? map = fields.Map("attributes");
        foreach (string name in form.Attributes)
        {
            // Zero is a value of its own, which a number above a limit would refuse.
            if (map?.Number(name, -double.Epsilon, NumberMax) is { } value) attributes[name] = value;
        }

        foreach (string needed in form.Needed.Where(needed => map?.Has(needed) != true)) fields.Problems.Add(fields.Line, $"{fields.At("attributes")}.{needed} is missing; without it {form.Type} does nothing");
        map?.End();
        return attributes;
    }

    private static Dictionary<string, double> Unread(Fields fields)
    {
        fields.Node("attributes"); // What it may hold is not known without its type, and that is the problem told.
        return [];
    }

    private static MatchSpec? Match(Fields fields)
    {
        if (fields.Map("match") is not { } map) return null;

        var match = new MatchSpec { Method = map.Text("method", lengthMax: 20), Path = map.Text("path", lengthMax: 500), Headers = AnomalyFields.Headers(map) };
        map.End();
        return match;
    }

    private IReadOnlyList<string> Ends(Fields fields, string name, IReadOnlyList<string> ends)
    {
        var names = new List<string>();
        foreach ((YamlNode item, string at) in fields.List(name))
        {
            string text = (item as YamlScalarNode)?.Value ?? "";
            if (text.StartsWith(system?.Name + "/", StringComparison.Ordinal)) text = LinkDescription.ShortName(text);
            if (system is null || ends.Contains(text) || (InstanceOf(text) is { } service && ends.Contains(service))) names.Add(text);
            else fields.Problems.Add((int)item.Start.Line, $"{at} is {Fields.Show(item)}; {Nearest.OneOf(text, ends)}");
        }

        return names;
    }

    private IReadOnlyList<string> Targets(Fields fields)
    {
        string[] known = [.. system?.Services.Select(service => service.Service) ?? [], .. system?.ServersAmong(catalogue.Infrastructure) ?? catalogue.Infrastructure, .. _links.Select(link => link.Name)];
        if (!fields.Has("targets")) fields.Problems.Add(fields.Line, $"{fields.At("targets")} is missing; it must be a list of: {string.Join(", ", known)}");
        var targets = new List<string>();
        foreach ((YamlNode item, string at) in fields.List("targets"))
        {
            string text = (item as YamlScalarNode)?.Value ?? "";
            string full = known.Contains(text) ? text : $"{system?.Name}/{text}";
            if (system?.Find(full) is { IsAttached: true }) fields.Problems.Add((int)item.Start.Line, $"{at} is '{text}', which runs without the lab, so the lab cannot take it down; name one of its links instead");
            else if (system is null || known.Contains(full)) targets.Add(full);
            else fields.Problems.Add((int)item.Start.Line, $"{at} is {Fields.Show(item)}; {Nearest.OneOf(Nearest.To(text, known) is null ? full : text, known)}");
        }

        return targets;
    }

    private static string? InstanceOf(string text) =>
        text.LastIndexOf('-') is var dash and > 0 && int.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal) && ordinal > 0 ? text[..dash] : null;

    private static bool Leads(LinkDescription link, IReadOnlyList<string> from, IReadOnlyList<string> to) => IsIn(from, link.From, to) && IsIn(to, link.To, from);

    private static bool IsIn(IReadOnlyList<string> group, string end, IReadOnlyList<string> other) =>
        group.Count == 0 ? !other.Contains(end) : group.Contains(end) || group.Any(member => InstanceOf(member) == end);
}
