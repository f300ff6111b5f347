using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;
using Faultline.Triggers;
using Faultline.Verification.Schedules;
using YamlDotNet.RepresentationModel;

namespace Faultline.Verification.Experiments;

/// <summary>The schedule of an experiment: faults of all three layers, and a generator.</summary>
internal sealed class ScheduleFields(SystemDescription? system, Catalogue catalogue, IReadOnlyList<GuardSpec> guards)
{
    private static readonly string[] MomentNames = ["at", "afterOperations", "on"];
    private static readonly string[] FaultNames = ["anomaly", "disruption", "toxic", "http", "partition", "disruptor"];
    private static readonly string[] EntryNames = [.. FaultNames, "generator"];
    private readonly HashSet<string> _names = [];
    private readonly LinkFaultFields _links = new(system, catalogue);

    public (IReadOnlyList<FaultSpec> Faults, GeneratorSpec? Generator) Read(Fields fields)
    {
        var faults = new List<FaultSpec>();
        GeneratorSpec? generator = null;
        foreach ((YamlNode item, string path) in fields.List("schedule", itemsMax: 500))
        {
            if (item is not YamlMappingNode map)
            {
                fields.Problems.Add((int)item.Start.Line, $"{path} is {Fields.Show(item)}; it must be a mapping with one of {string.Join(", ", EntryNames)}");
                continue;
            }

            var fault = new Fields(map, path, fields.Problems);
            string[] given = [.. EntryNames.Where(fault.Has)];
            if (given.Length != 1)
            {
                fields.Problems.Add(fault.Line, $"{path} must have one of {string.Join(", ", EntryNames)}; it has {(given.Length == 0 ? "none" : string.Join(" and ", given))}");
                if (given.Length == 0) fault.End();
                continue;
            }

            if (given[0] == "generator")
            {
                if (generator is not null) fault.Problem("generator", "is the second one; a schedule may have one");
                generator = fault.Map("generator") is { } draw ? new GeneratorFields(system, guards).Read(draw) : null;
                fault.End();
            }
            else if (Fault(fault, given[0]) is { } read)
            {
                faults.Add(read);
            }
        }

        return (faults, generator);
    }

    private FaultSpec? Fault(Fields fields, string what)
    {
        Moment from = Moment(fields, "from") ?? Schedules.Moment.BeginOfLoad;
        Moment? until = fields.Has("until") ? fields.Map("until") is { } end ? OneMoment(end, isMap: true) : null : null;
        TimeSpan? time = fields.Duration("for", TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(24));
        if (fields.Has("until") && fields.Has("for")) fields.Problem("for", "stands beside 'until'; a fault ends by one of them");
        if (from.Time is { } begins && until?.Time is { } ends && ends <= begins) fields.Problem("until", $"is {until}, which is not after {from}");

        string? name = fields.Text("name", lengthMax: 60);
        Fields? map = fields.Map(what);
        FaultSpec? fault = map is null ? null : Read(map, what);
        if (what == "disruption" && time is null && until is null && fault is DisruptionFault { Verb: DisruptionVerbs.Pause }) fields.Problems.Add(fields.Line, $"{fields.Path}.for is missing; a pause must have for or until");
        map?.End();
        fields.End();
        if (fault is null) return null;

        fault = fault with { Name = name ?? Unused(Short(fault)), From = from, Until = until, For = time };
        if (name is not null && !_names.Add(name)) fields.Problem("name", $"is '{name}', which another fault of the schedule has; each must have its own");
        return fault;
    }

    private FaultSpec? Read(Fields map, string what) => what switch
    {
        "anomaly" => Anomaly(map),
        "toxic" => _links.Toxic(map),
        "http" => _links.Http(map),
        "partition" => _links.Partition(map),
        "disruptor" => _links.Disruptor(map),
        _ => Disruption(map),
    };

    private static string Short(FaultSpec fault) => fault switch
    {
        AnomalyFault anomaly => $"{anomaly.Kind} at {anomaly.Point}",
        DisruptionFault disruption => $"{disruption.Verb} {disruption.Target}",
        ToxicFault toxic => $"{toxic.Type} on {toxic.Link}",
        HttpLinkFault http => $"{string.Join(" or ", http.Kinds)} on {http.Link}",
        PartitionFault partition => $"partition of {string.Join(" and ", partition.Group)}",
        _ => "disruptor",
    };

    private string Unused(string name)
    {
        string free = name;
        for (int number = 2; !_names.Add(free); number++) free = $"{name} ({number})";
        return free;
    }

    private static Moment? Moment(Fields fields, string field)
    {
        string[] here = [.. MomentNames.Where(fields.Has)];
        if (!fields.Has(field)) return here.Length == 0 ? null : OneMoment(fields, isMap: false);

        if (here.Length > 0) fields.Problem(here[0], $"stands beside '{field}'; say the moment once");
        return fields.Map(field) is { } map ? OneMoment(map, isMap: true) : null;
    }

    private static Moment? OneMoment(Fields fields, bool isMap)
    {
        string[] given = [.. MomentNames.Where(fields.Has)];
        if (given.Length != 1) fields.Problems.Add(fields.Line, $"{fields.Path} must have one of at, afterOperations, on; it has {(given.Length == 0 ? "none" : string.Join(" and ", given))}");
        TimeSpan? at = fields.Duration("at", TimeSpan.Zero, TimeSpan.FromDays(7));
        long? operations = fields.Whole("afterOperations", 1, 100_000_000);
        string[] events = [.. Phases.ForFaults.Select(phase => $"phase {phase}")];
        string? on = fields.OneOf("on", events);
        if (isMap) fields.End();
        return at is { } time ? Schedules.Moment.At(time)
            : operations is { } count ? Schedules.Moment.AfterOperations(count)
            : on is not null ? Schedules.Moment.OnPhase(on["phase ".Length..])
            : null;
    }

    private DisruptionFault? Disruption(Fields fields)
    {
        fields.Required("verb", "one of: " + string.Join(", ", DisruptionVerbs.All));
        string? verb = fields.OneOf("verb", DisruptionVerbs.All);
        IReadOnlyList<string> servers = system?.ServersAmong(catalogue.Infrastructure) ?? catalogue.Infrastructure;
        string[] targets = [.. system?.Services.Select(service => service.Service) ?? [], .. servers];
        string? target = fields.Required("target", servers.Count == 0 ? "a service of the system" : "a service of the system or one of: " + string.Join(", ", servers));
        if (target is not null && system is not null)
        {
            string full = target.Contains('/', StringComparison.Ordinal) || servers.Contains(target) ? target : $"{system.Name}/{target}";
            if (system.Find(full) is { IsAttached: true })
            {
                fields.Problem("target", $"is '{target}', which runs without the lab, so the lab cannot take it down; break its links instead");
                return null;
            }

            if (targets.Contains(full)) target = full;
            else
            {
                fields.Problem("target", $"is '{target}'; {Nearest.OneOf(target, targets)}");
                target = null;
            }
        }

        string? instance = fields.Text("instance");
        if (verb == DisruptionVerbs.TerminateSessions && target is not null && system?.Find(target) is not null)
        {
            fields.Problem("verb", $"is '{verb}', which is for databases; for a service {Nearest.OneOf("", DisruptionVerbs.ForServices)}");
        }

        return verb is null || target is null ? null : new DisruptionFault { Name = "", Verb = verb, Target = target, Instance = instance };
    }

    private AnomalyFault? Anomaly(Fields fields)
    {
        fields.Required("service", "a service of the system");
        string? name = ExperimentFields.Service(fields, "service", system);
        ServiceDescription? service = name is null ? null : system?.Find(name);
        if (service is { IsOwn: true })
        {
            fields.Problem("service", $"is '{name}', a program of your own, which has no fault points; what can be broken is its links and its process: {string.Join(", ", FaultNames.Except(["anomaly"]))}");
            foreach (string field in (string[])["point", "kind", "instance", "parameters", "match", "trigger", "pins"]) fields.Node(field); // They are not what is wrong.
            return null;
        }

        string[] points = [.. service?.Points ?? FaultPoints.All.Select(known => known.Name)];
        string[] kinds = [.. service?.Kinds ?? FaultKinds.All];
        fields.Required("point", "a fault point, for example consume.ack.before");
        fields.Required("kind", "one of: " + string.Join(", ", kinds));
        FaultPoint? point = FaultPoints.Find(fields.OneOf("point", points));
        string? kind = fields.OneOf("kind", kinds);
        string? instance = fields.Text("instance");
        AnomalyParameters? parameters = AnomalyFields.Parameters(fields, kind);
        MatchSpec? match = AnomalyFields.Match(fields, service, point);
        TriggerSpec? trigger = AnomalyFields.Trigger(fields);
        IReadOnlyList<Pin> pins = AnomalyFields.Pins(fields);
        if (kind is null || point is null || name is null) return null;

        CheckCell(fields, kind, point, name);
        return new AnomalyFault { Name = "", Service = name, Instance = instance, Point = point.Name, Kind = kind, Parameters = parameters, Match = match, Trigger = trigger, Pins = pins };
    }

    private void CheckCell(Fields fields, string kind, FaultPoint point, string service)
    {
        FaultCell cell = FaultTable.Of(kind, point);
        if (cell.Effect == FaultEffect.Refused)
        {
            fields.Problem("kind", $"is '{kind}', which makes no sense at {point.Name}: {cell.Why}; it makes sense at: {string.Join(", ", FaultTable.PointsOf(kind))}");
        }
        else if (FaultTable.WithoutOutboxOnly.Contains(point) && !OutboxIsOff(guards, service))
        {
            fields.Problem("point", $"is '{point.Name}', which is passed only while the guard 'outbox' of {service} is off; add -outbox to guards");
        }
    }

    public static bool OutboxIsOff(IReadOnlyList<GuardSpec> guards, string service) =>
        guards.LastOrDefault(guard => guard.Guard == GuardNames.Outbox && (guard.Service is null || guard.Service == service)) is { On: false };
}
