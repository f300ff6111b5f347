using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Triggers;
using Faultline.Verification.Schedules;
using YamlDotNet.RepresentationModel;

namespace Faultline.Verification.Experiments;

/// <summary>The parts of an anomaly: parameters, match, trigger, pins.</summary>
internal static class AnomalyFields
{
    private static readonly Dictionary<string, string[]> ParametersOfKind = new()
    {
        [FaultKinds.Delay] = ["delayMs", "jitterMs"],
        [FaultKinds.Exception] = ["transient", "message"],
        [FaultKinds.Duplicate] = ["copies"],
        [FaultKinds.Reorder] = ["hold"],
        [FaultKinds.Corrupt] = ["mode"],
        [FaultKinds.Storm] = ["count"],
    };

    public static AnomalyParameters? Parameters(Fields fields, string? kind)
    {
        if (kind == FaultKinds.Delay && !fields.Has("parameters")) fields.Problems.Add(fields.Line, $"{fields.At("parameters")} is missing; a delay must have delayMs");
        if (fields.Map("parameters") is not { } map) return null;

        var parameters = new AnomalyParameters
        {
            DelayMs = (int?)map.Whole("delayMs", 0, 600_000),
            JitterMs = (int?)map.Whole("jitterMs", 0, 600_000),
            Transient = map.Flag("transient"),
            Message = map.Text("message"),
            Copies = (int?)map.Whole("copies", 1, 100),
            Hold = (int?)map.Whole("hold", 1, 1_000),
            Mode = map.OneOf("mode", ["truncate", "flip", "garbage"]),
            Count = (int?)map.Whole("count", 1, 10_000),
        };
        map.End();
        if (kind is null) return parameters;

        string[] read = ParametersOfKind.GetValueOrDefault(kind, []);
        foreach ((string name, _) in map.Entries())
        {
            if (!read.Contains(name) && ParametersOfKind.Values.Any(names => names.Contains(name)))
            {
                map.Problem(name, $"is no parameter of '{kind}'; {(read.Length == 0 ? "it has none" : $"it has: {string.Join(", ", read)}")}");
            }
        }

        if (kind == FaultKinds.Delay && !map.Has("delayMs")) map.Problems.Add(map.Line, $"{map.At("delayMs")} is missing; a delay must have it");
        if (parameters.JitterMs > parameters.DelayMs) map.Problem("jitterMs", $"is {parameters.JitterMs}; it must be at most delayMs ({parameters.DelayMs})");
        return parameters;
    }

    public static MatchSpec? Match(Fields fields, ServiceDescription? service, FaultPoint? point)
    {
        if (fields.Map("match") is not { } map) return null;

        string? type = map.Text("messageType");
        if (type is not null && service is not null && point is not null) CheckType(map, type, service, point);
        string? key = map.Text("key");
        string? method = map.Text("method", lengthMax: 20);
        string? path = map.Text("path", lengthMax: 500);
        if (point is not null && !Applicability.IsHttp(point))
        {
            foreach (string name in new[] { "method", "path" }.Where(map.Has)) map.Problem(name, $"says nothing at {point.Name}: no HTTP request passes there");
        }

        Guid? id = Guid.TryParse(map.Text("messageId"), out Guid read) ? read : null;
        if (id is null && map.Has("messageId")) map.Problem("messageId", "is no id; it must be a UUID");
        Dictionary<string, string>? headers = Headers(map);
        map.End();
        return new MatchSpec { MessageType = type, Key = key, MessageId = id, Headers = headers, Method = method, Path = path };
    }

    public static Dictionary<string, string>? Headers(Fields match)
    {
        if (match.Map("headers") is not { } map) return null;

        var headers = new Dictionary<string, string>();
        foreach ((string name, YamlNode _) in map.Entries())
        {
            if (map.Text(name) is { } value) headers[name] = value;
        }

        return headers;
    }

    private static void CheckType(Fields match, string type, ServiceDescription service, FaultPoint point)
    {
        if (Applicability.IsHttp(point))
        {
            match.Problem("messageType", $"says nothing at {point.Name}: HTTP requests are matched by method and path");
            return;
        }

        IReadOnlyList<string> types = Applicability.MessagesAt(service, point);
        if (types.Contains(type)) return;

        string what = point.Pipeline switch { "publish" or "relay" or "schedule" => "publishes", "transaction" => "publishes or consumes", _ => "consumes" };
        match.Problem("messageType", $"is '{type}'; at {point.Name} pass the messages that {service.Service} {what}, {Nearest.OneOf(type, types)}");
    }

    public static TriggerSpec? Trigger(Fields fields)
    {
        if (fields.Node("trigger") is YamlScalarNode { Value: "once" }) return new TriggerSpec { Once = true };

        if (fields.Map("trigger") is not { } map) return null;

        if (map.Has("while")) map.Problem("while", "is for anomalies placed by hand; in an experiment say from and until of the fault");
        var trigger = new TriggerSpec
        {
            Once = map.Flag("once"),
            Nth = map.Whole("nth", 1, long.MaxValue),
            First = map.Whole("first", 1, long.MaxValue),
            Every = map.Whole("every", 1, long.MaxValue),
            Probability = map.Number("probability", 0, 1),
        };
        map.End();
        TriggerRule.Read(trigger.Once, trigger.Nth, trigger.First, trigger.Every, trigger.Probability, window: null, out string? problem);
        if (problem is not null) map.Problems.Add(map.Line, $"{fields.At("trigger")}: {problem}");
        return trigger;
    }

    public static IReadOnlyList<Pin> Pins(Fields fields)
    {
        var pins = new List<Pin>();
        foreach ((YamlNode item, string path) in fields.List("pins", itemsMax: 10_000))
        {
            if (item is not YamlMappingNode map)
            {
                fields.Problems.Add((int)item.Start.Line, $"{path} is {Fields.Show(item)}; it must be a mapping with operation and message");
                continue;
            }

            var pin = new Fields(map, path, fields.Problems);
            string? operation = pin.Required("operation", "the operation id that was hit");
            string? message = pin.Text("message");
            long? occurrence = pin.Whole("occurrence", 1, 1_000_000);
            long? times = pin.Whole("times", 1, 1_000_000);
            if (occurrence > 1 && times > 1) pin.Problem("times", "stands beside an occurrence above 1; several passages are pinned from the first one only");
            pin.End();
            if (operation is not null) pins.Add(new Pin(operation, message, occurrence ?? 1, times ?? 1));
        }

        if (pins.Count > 0 && fields.Has("trigger")) fields.Problem("trigger", "stands beside 'pins'; pins say when a fault fires");
        return pins;
    }
}
