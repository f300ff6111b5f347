using System.Globalization;
using System.Text;
using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Verification.Schedules;
using YamlDotNet.Serialization;

namespace Faultline.Verification.Experiments;

/// <summary>Writes experiments and batteries in the form that the reader reads: what was run, for review and for a replay.</summary>
public static class ExperimentWriter
{
    /// <summary>One experiment as YAML.</summary>
    /// <param name="experiment">Any valid experiment.</param>
    public static string Write(Experiment experiment) => Yaml(Fields(experiment));

    /// <summary>A battery as YAML; a battery of one experiment is still a battery.</summary>
    /// <param name="battery">Any valid battery.</param>
    public static string Write(Battery battery) => Yaml(new Map { ["battery"] = battery.Name, ["title"] = battery.Title, ["experiments"] = battery.Cells.Select(Fields).ToList() });

    private static string Yaml(Map map) => new SerializerBuilder().WithQuotingNecessaryStrings().DisableAliases().WithIndentedSequences().Build().Serialize(map.Given());

    private static Map Fields(Experiment experiment) => new()
    {
        ["name"] = experiment.Name,
        ["title"] = experiment.Title,
        ["system"] = experiment.SystemFile ?? experiment.System,
        ["seed"] = experiment.Seed,
        ["broker"] = experiment.Broker,
        ["profile"] = experiment.Profile,
        ["replicas"] = experiment.ReplicasOf.Count == 0
            ? experiment.Replicas == 1 ? null : experiment.Replicas
            : experiment.ReplicasOf.OrderBy(pair => pair.Key, StringComparer.Ordinal).Aggregate(new Map { ["all"] = experiment.Replicas }, (map, pair) => map.With(pair.Key, pair.Value)),
        ["guards"] = experiment.Guards.Select(guard => (object)guard.ToString()).ToList(),
        ["hypothesis"] = experiment.Hypothesis.Select(ProbeFields).ToList(),
        ["workload"] = WorkloadFields(experiment.Workload),
        ["schedule"] = experiment.Schedule.Select(FaultFields).Concat(experiment.Generator is { } generator ? [new Map { ["generator"] = GeneratorMap(generator) }] : []).ToList(),
        ["invariants"] = experiment.Invariants.Select(rule => rule.Parameters.Count == 0 ? rule.Name : (object)new Map { [rule.Name] = Plain(rule.Parameters) }).ToList(),
        ["expect"] = experiment.ExpectViolation is { } checker ? $"violation {checker}" : null,
        ["drainLimit"] = Durations.Write(experiment.DrainLimit),
        ["rollbacks"] = experiment.RollbackSteps.SequenceEqual(Rollbacks.All) ? null : experiment.RollbackSteps.Cast<object>().ToList(),
    };

    private static Map WorkloadFields(WorkloadSpec workload)
    {
        var map = new Map
        {
            ["name"] = workload.Steps.Count > 0 ? null : workload.Name,
            ["values"] = workload.Values.Count == 0 ? null : workload.Values.Aggregate(new Map(), (map, value) => map.With(value.Name, ValueMap(value))),
            ["steps"] = workload.Steps.Select(StepMap).ToList(),
            ["subject"] = workload.Subject,
            ["operations"] = workload.Operations,
            ["duration"] = Text(workload.Duration),
            ["rate"] = workload.RatePerSecond,
            ["concurrency"] = workload.Concurrency == 1 ? null : workload.Concurrency,
        };
        foreach ((string name, object? value) in Plain(workload.Parameters)) map[name] = value;
        return map;
    }

    private static Map ValueMap(DrawnValue value) => value.Pick.Count > 0 ? new Map { ["pick"] = value.Pick.Select(Plain).ToList() } : new Map { ["from"] = value.From, ["to"] = value.To };

    private static Map StepMap(HttpStep step) => new()
    {
        ["service"] = step.Service,
        ["method"] = step.Method,
        ["path"] = step.Path,
        ["headers"] = Texts(step.Headers),
        ["body"] = step.Json is { } json ? Plain(json) : step.Body,
        ["expect"] = step.Expect.Select(status => (object)status).ToList(),
        ["within"] = Durations.Write(step.Within),
        ["retry"] = step.AttemptsMax == 1 ? null : new Map { ["attempts"] = step.AttemptsMax, ["pause"] = Durations.Write(step.Pause) },
        ["capture"] = Texts(step.Capture),
    };

    private static Map? Texts(IReadOnlyDictionary<string, string> texts) => texts.Count == 0 ? null : texts.Aggregate(new Map(), (map, pair) => map.With(pair.Key, pair.Value));

    private static Map ProbeFields(Probe probe) => new()
    {
        ["name"] = probe.Name,
        ["service"] = probe.Service,
        ["path"] = probe.Path,
        ["figure"] = probe.Figure,
        ["status"] = probe.Path is null ? null : probe.Status,
        ["within"] = probe.Path is null ? null : Durations.Write(probe.Within),
        ["max"] = probe.Figure is null ? null : probe.Max,
        ["atLeast"] = probe.AtLeast,
        ["when"] = probe.When.Cast<object>().ToList(),
    };

    private static Map FaultFields(FaultSpec fault)
    {
        var map = new Map { ["name"] = fault.Name, ["from"] = MomentFields(fault.From), ["until"] = fault.Until is null ? null : MomentFields(fault.Until), ["for"] = Text(fault.For) };
        return fault switch
        {
            AnomalyFault anomaly => map.With("anomaly", AnomalyMap(anomaly)),
            ToxicFault toxic => map.With("toxic", ToxicMap(toxic)),
            HttpLinkFault http => map.With("http", HttpMap(http)),
            PartitionFault partition => map.With("partition", new Map { ["group"] = partition.Group.Cast<object>().ToList(), ["from"] = partition.Rest.Cast<object>().ToList(), ["way"] = partition.Way }),
            DisruptorFault disruptor => map.With("disruptor", DisruptorMap(disruptor)),
            DisruptionFault disruption => map.With("disruption", new Map { ["target"] = disruption.Target, ["verb"] = disruption.Verb, ["instance"] = disruption.Instance }),
            _ => throw new NotSupportedException($"no form is known for {fault.GetType().Name}"),
        };
    }

    private static Map ToxicMap(ToxicFault fault) => new()
    {
        ["link"] = fault.Link,
        ["instance"] = fault.Instance,
        ["type"] = fault.Type,
        ["stream"] = fault.Stream,
        ["toxicity"] = fault.Toxicity < 1 ? fault.Toxicity : null,
        ["attributes"] = fault.Attributes.Count == 0 ? null : fault.Attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Aggregate(new Map(), (map, pair) => map.With(pair.Key, pair.Value)),
    };

    private static Map HttpMap(HttpLinkFault fault) => new()
    {
        ["link"] = fault.Link,
        ["instance"] = fault.Instance,
        ["kind"] = fault.Kinds.Cast<object>().ToList(),
        ["when"] = fault.When,
        ["match"] = fault.Match is null ? null : MatchMap(fault.Match),
        ["trigger"] = fault.Trigger is null ? null : TriggerMap(fault.Trigger),
        ["attributes"] = fault.Attributes.Count == 0 ? null : Plain(fault.Attributes),
    };

    private static Map DisruptorMap(DisruptorFault fault) => new()
    {
        ["every"] = Durations.Write(fault.Every),
        ["down"] = new Map { ["min"] = Durations.Write(fault.DownMin), ["max"] = Durations.Write(fault.DownMax) },
        ["targets"] = fault.Targets.Cast<object>().ToList(),
        ["verbs"] = fault.Verbs.Cast<object>().ToList(),
        ["atOnce"] = fault.AtOnce,
    };

    private static Map MatchMap(MatchSpec match) => new()
    {
        ["messageType"] = match.MessageType,
        ["key"] = match.Key,
        ["messageId"] = match.MessageId?.ToString(),
        ["method"] = match.Method,
        ["path"] = match.Path,
        ["headers"] = match.Headers is null ? null : match.Headers.OrderBy(pair => pair.Key, StringComparer.Ordinal).Aggregate(new Map(), (map, pair) => map.With(pair.Key, pair.Value)),
    };

    private static Map TriggerMap(TriggerSpec trigger) => new()
    {
        ["once"] = trigger.Once,
        ["nth"] = trigger.Nth,
        ["first"] = trigger.First,
        ["every"] = trigger.Every,
        ["probability"] = trigger.Probability,
    };

    private static Map MomentFields(Moment moment) => new()
    {
        ["at"] = Text(moment.Time),
        ["afterOperations"] = moment.Operations,
        ["on"] = moment.Phase is null ? null : $"phase {moment.Phase}",
    };

    private static Map AnomalyMap(AnomalyFault fault) => new()
    {
        ["service"] = fault.Service,
        ["instance"] = fault.Instance,
        ["point"] = fault.Point,
        ["kind"] = fault.Kind,
        ["parameters"] = fault.Parameters is not { } details ? null : new Map
        {
            ["delayMs"] = details.DelayMs,
            ["jitterMs"] = details.JitterMs,
            ["transient"] = details.Transient,
            ["message"] = details.Message,
            ["copies"] = details.Copies,
            ["hold"] = details.Hold,
            ["mode"] = details.Mode,
            ["count"] = details.Count,
        },
        ["match"] = fault.Match is null ? null : MatchMap(fault.Match),
        ["trigger"] = fault.Trigger is null ? null : TriggerMap(fault.Trigger),
        ["pins"] = fault.Pins.Select(pin => new Map
        {
            ["operation"] = pin.OperationId,
            ["message"] = pin.MessageType,
            ["occurrence"] = pin.Occurrence,
            ["times"] = pin.Times == 1 ? null : pin.Times,
        }).ToList(),
    };

    private static Map GeneratorMap(GeneratorSpec spec) => new()
    {
        ["count"] = spec.FaultsMin == spec.FaultsMax ? spec.FaultsMin : new Map { ["min"] = spec.FaultsMin, ["max"] = spec.FaultsMax },
        ["kinds"] = Weights(spec.Kinds),
        ["disruptions"] = Weights(spec.Disruptions),
        ["triggers"] = Weights(spec.Triggers),
        ["points"] = spec.Points.Cast<object>().ToList(),
        ["services"] = spec.Services.Cast<object>().ToList(),
        ["messages"] = spec.Messages.Cast<object>().ToList(),
        ["from"] = Durations.Write(spec.From),
        ["until"] = Durations.Write(spec.Until),
        ["destructive"] = spec.Destructive ? true : null,
    };

    private static Map? Weights(IReadOnlyDictionary<string, int> weights) =>
        weights.Count == 0 ? null : weights.OrderBy(pair => pair.Key, StringComparer.Ordinal).Aggregate(new Map(), (map, pair) => map.With(pair.Key, pair.Value));

    private static string? Text(TimeSpan? time) => time is { } given ? Durations.Write(given) : null;

    private static Map Plain(IReadOnlyDictionary<string, JsonElement> values) =>
        values.OrderBy(pair => pair.Key, StringComparer.Ordinal).Aggregate(new Map(), (map, pair) => map.With(pair.Key, Plain(pair.Value)));

    private static object? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Aggregate(new Map(), (map, pair) => map.With(pair.Name, Plain(pair.Value))),
        JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        JsonValueKind.Number => value.TryGetInt64(out long whole) ? whole : decimal.Parse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>Fields in their order; those without a value and empty lists are left out when written.</summary>
    private sealed class Map : Dictionary<string, object?>
    {
        public Map With(string name, object? value)
        {
            this[name] = value;
            return this;
        }

        public Dictionary<string, object?> Given() => this.Where(pair => pair.Value is not null and not System.Collections.ICollection { Count: 0 } || pair.Value is Map)
            .ToDictionary(pair => pair.Key, pair => Settled(pair.Value));

        private static object? Settled(object? value) => value switch
        {
            Map map => map.Given(),
            string text => Whole(text),
            System.Collections.IEnumerable list => list.Cast<object?>().Select(Settled).ToList(),
            _ => value,
        };

        /// <summary>Half a surrogate pair cannot be written; it can come from the operation id of a hostile request.</summary>
        private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }
}
