using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Triggers;

namespace Faultline.Anomalies;

/// <summary>What came of reading a request: the anomaly, or all that is wrong with it.</summary>
/// <param name="Anomaly">Complete, defaults filled in; null when there are problems.</param>
/// <param name="Problems">Empty when nothing is wrong.</param>
public sealed record AnomalyReading(Anomaly? Anomaly, ImmutableArray<ControlProblemFound> Problems);

/// <summary>Reads what somebody asks for when placing an anomaly, against what the service really has. Pure.</summary>
public static class AnomalyReader
{
    private const int NameMax = 200;
    private const int CreatedByMax = 100;
    private const int HeadersMax = 20;
    private const string HeaderSigns = "!#$%&'*+-.^_`|~";

    // A browser reads a JSON number as 53 bits; a seed that is drawn here and shown there must survive that.
    private const int BitsNotDrawn = 11;

    private static readonly string[] Members = ["id", "service", "instance", "point", "kind", "parameters", "match", "trigger", "expiresAt", "seed", "createdBy"];
    private static readonly string[] MatchMembers = ["messageType", "key", "messageId", "headers", "method", "path"];
    private static readonly string[] TriggerMembers = ["once", "nth", "first", "every", "probability", "while"];
    private static readonly string[] WindowMembers = ["from", "until"];

    /// <summary>Reads a request.</summary>
    /// <param name="json">The body.</param>
    /// <param name="service">What the service has.</param>
    /// <param name="now">The time.</param>
    public static AnomalyReading Read(JsonElement json, ServiceDescription service, DateTimeOffset now)
    {
        List<ControlProblemFound> problems = [];
        var fields = new JsonFields(json, string.Empty, problems, Members);
        if (json.ValueKind is not JsonValueKind.Object)
        {
            if (problems.Count == 0) problems.Add(ControlProblems.NotAnObject.At(string.Empty, "it is empty"));
            return new AnomalyReading(null, [.. problems]);
        }

        if (fields.Text("service", NameMax) is { } name && name != service.Service) problems.Add(ControlProblems.UnknownService.At("service", name, service.Service));
        FaultPoint? point = ReadPoint(fields, service, problems);
        FaultKind? kind = ReadKind(fields, point, service, problems);
        Guid id = fields.Id("id") ?? Guid.CreateVersion7(now);
        AnomalyParameters parameters = kind is null ? new AnomalyParameters() : ReadParameters(fields.Raw("parameters"), kind, problems);
        MatchSpec match = ReadMatch(fields.Raw("match"), point, service, problems);
        TriggerSpec? trigger = ReadTrigger(fields.Raw("trigger"), now, problems);
        DateTimeOffset? expiresAt = fields.Time("expiresAt");
        if (expiresAt <= now) problems.Add(ControlProblems.Expired.At("expiresAt", "expiresAt", expiresAt, now));
        string? instance = fields.Text("instance", NameMax);
        ulong seed = fields.Unsigned("seed") ?? new Seed(0).For("seed", id.ToString()).Next() >> BitsNotDrawn;
        string createdBy = fields.Text("createdBy", CreatedByMax) ?? "api";
        if (point is null || kind is null || problems.Count > 0) return new AnomalyReading(null, [.. problems]);

        return new AnomalyReading(
            new Anomaly
            {
                Id = id,
                Service = service.Service,
                Instance = instance,
                Point = point.Name,
                Kind = kind.Name,
                Parameters = parameters,
                Match = match,
                Trigger = trigger,
                ExpiresAt = expiresAt,
                Seed = seed,
                CreatedBy = createdBy,
                CreatedAt = now,
                Order = 0,
            },
            []);
    }

    /// <summary>The message types that pass a point of a service.</summary>
    /// <param name="point">Where.</param>
    /// <param name="service">What the service has.</param>
    /// <returns>Types of messages; at the points around a database command the kinds of statements; none where HTTP requests or commits pass.</returns>
    public static ImmutableArray<string> MessageTypesAt(FaultPoint point, ServiceDescription service)
    {
        if (point == FaultPoints.DatabaseCommandBefore || point == FaultPoints.DatabaseCommandAfter) return [.. DatabaseStatements.All];

        IEnumerable<MessageContract> passing = point.Pipeline switch
        {
            "publish" or "relay" or "schedule" => service.Publishes,
            "consume" or "retry" or "deadletter" => service.Consumes,
            "http" or "db" => [],
            _ => service.Consumes.Concat(service.Publishes),
        };
        return [.. passing.Select(contract => contract.Type).Distinct().Order(StringComparer.Ordinal)];
    }

    private static bool IsHttp(FaultPoint point) => point.Pipeline == "http";

    private static FaultPoint? ReadPoint(JsonFields fields, ServiceDescription service, List<ControlProblemFound> problems)
    {
        string all = string.Join(", ", service.Points);
        if (fields.Raw("point").ValueKind is JsonValueKind.Undefined) problems.Add(ControlProblems.Missing.At("point", "point", $"one of: {all}"));
        if (fields.Text("point", NameMax) is not { } name) return null;
        if (service.FindPoint(name) is { } point) return point;

        problems.Add(ControlProblems.UnknownPoint.At("point", service.Service, name, all));
        return null;
    }

    private static FaultKind? ReadKind(JsonFields fields, FaultPoint? point, ServiceDescription service, List<ControlProblemFound> problems)
    {
        string all = string.Join(", ", service.Kinds);
        if (fields.Raw("kind").ValueKind is JsonValueKind.Undefined) problems.Add(ControlProblems.Missing.At("kind", "kind", $"one of: {all}"));
        if (fields.Text("kind", NameMax) is not { } name) return null;
        if (FaultKindTable.Find(name) is not { } kind || !service.Kinds.Contains(name))
        {
            problems.Add(ControlProblems.UnknownKind.At("kind", name, all));
            return null;
        }

        if (point is null || FaultTable.Of(kind.Name, point) is not { Effect: FaultEffect.Refused } cell) return kind;

        IEnumerable<string> sensible = service.Points.Where(other => service.FindPoint(other) is { } known && FaultTable.Of(kind.Name, known).Effect != FaultEffect.Refused);
        problems.Add(ControlProblems.Refused.At("kind", kind.Name, point.Name, cell.Why, string.Join(", ", sensible)));
        return kind;
    }

    private static AnomalyParameters ReadParameters(JsonElement json, FaultKind kind, List<ControlProblemFound> problems)
    {
        var fields = new JsonFields(json, "parameters", problems, [.. kind.Parameters.Select(parameter => parameter.Name)]);
        Dictionary<string, object?> values = kind.Parameters.ToDictionary(parameter => parameter.Name, parameter => ReadParameter(fields, parameter, problems) ?? parameter.Default);
        foreach (KindParameter parameter in kind.Parameters.Where(parameter => parameter.AtMost is not null))
        {
            if (values[parameter.Name] is not { } value || values[parameter.AtMost!] is not { } limit) continue;
            if (Convert.ToInt64(value, CultureInfo.InvariantCulture) <= Convert.ToInt64(limit, CultureInfo.InvariantCulture)) continue;

            problems.Add(ControlProblems.OutOfRange.At(fields.PathOf(parameter.Name), fields.PathOf(parameter.Name), value, $"at most {parameter.AtMost}, which is {limit}"));
        }

        return new AnomalyParameters
        {
            DelayMs = WholeOf("delayMs"),
            JitterMs = WholeOf("jitterMs"),
            Transient = (bool?)ValueOf("transient"),
            Message = (string?)ValueOf("message"),
            Copies = WholeOf("copies"),
            Hold = WholeOf("hold"),
            Mode = (string?)ValueOf("mode"),
            Count = WholeOf("count"),
        };

        object? ValueOf(string name) => values.GetValueOrDefault(name);
        int? WholeOf(string name) => ValueOf(name) is { } value ? Convert.ToInt32(value, CultureInfo.InvariantCulture) : null;
    }

    private static object? ReadParameter(JsonFields fields, KindParameter parameter, List<ControlProblemFound> problems)
    {
        string path = fields.PathOf(parameter.Name);
        if (parameter.Required && fields.Raw(parameter.Name).ValueKind is JsonValueKind.Undefined)
        {
            problems.Add(ControlProblems.Missing.At(path, path, $"a whole number from {parameter.Min} to {parameter.Max}"));
            return null;
        }

        if (parameter.Type == "whole") return fields.Whole(parameter.Name, parameter.Min, parameter.Max);
        if (parameter.Type == "bool") return fields.Bool(parameter.Name);

        string? text = fields.Text(parameter.Name, parameter.Max);
        if (text is null || parameter.OneOf is null || parameter.OneOf.Contains(text)) return text;

        problems.Add(ControlProblems.OutOfRange.At(path, path, $"'{text}'", $"one of: {string.Join(", ", parameter.OneOf)}"));
        return null;
    }

    private static MatchSpec ReadMatch(JsonElement json, FaultPoint? point, ServiceDescription service, List<ControlProblemFound> problems)
    {
        var fields = new JsonFields(json, "match", problems, MatchMembers);
        var match = new MatchSpec
        {
            MessageType = fields.Text("messageType", NameMax),
            Key = fields.Text("key", NameMax),
            MessageId = fields.Id("messageId"),
            Headers = ReadHeaders(fields.Raw("headers"), problems),
            Method = fields.Text("method", NameMax),
            Path = fields.Text("path", 2000),
        };
        if (point is null) return match;

        foreach ((string name, string? value, bool isHttps) in new[] { ("messageType", match.MessageType, false), ("method", match.Method, true), ("path", match.Path, true) })
        {
            if (value is not null && isHttps != IsHttp(point)) problems.Add(ControlProblems.NothingToMatch.At(fields.PathOf(name), name, point.Name, isHttps ? "messages" : "HTTP requests"));
        }

        ImmutableArray<string> types = MessageTypesAt(point, service);
        if (match.MessageType is { } type && !IsHttp(point) && !types.Contains(type))
        {
            problems.Add(ControlProblems.UnknownMessageType.At(fields.PathOf("messageType"), type, point.Name, service.Service, types.IsEmpty ? "none" : string.Join(", ", types)));
        }

        return match;
    }

    private static Dictionary<string, string>? ReadHeaders(JsonElement json, List<ControlProblemFound> problems)
    {
        if (json.ValueKind is JsonValueKind.Undefined) return null;

        string[] names = json.ValueKind is JsonValueKind.Object ? [.. json.EnumerateObject().Select(header => header.Name).Distinct()] : [];
        var fields = new JsonFields(json, "match.headers", problems, names);
        if (names.Length > HeadersMax) problems.Add(ControlProblems.OutOfRange.At("match.headers", "match.headers", $"{names.Length} headers", $"at most {HeadersMax}"));
        foreach (string name in names.Where(name => name.Length is 0 or > NameMax || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || HeaderSigns.Contains(letter))))
        {
            problems.Add(ControlProblems.UnknownHeader.At(fields.PathOf(name), name));
        }

        return names.Take(HeadersMax).Where(name => name.Length > 0).ToDictionary(name => name, name => fields.Text(name, 1000) ?? string.Empty);
    }

    private static TriggerSpec? ReadTrigger(JsonElement json, DateTimeOffset now, List<ControlProblemFound> problems)
    {
        int before = problems.Count;
        var fields = new JsonFields(json, "trigger", problems, TriggerMembers);
        if (json.ValueKind is not JsonValueKind.Object) return null;

        var trigger = new TriggerSpec
        {
            Once = fields.Bool("once"),
            Nth = fields.Whole("nth", 1, long.MaxValue),
            First = fields.Whole("first", 1, long.MaxValue),
            Every = fields.Whole("every", 1, long.MaxValue),
            Probability = fields.Number("probability"),
            While = ReadWindow(fields.Raw("while"), problems),
        };
        if (problems.Count > before) return null; // With a part unread the rule about the whole would tell nonsense.

        if (AnomalyModel.ReadRule(trigger, out string? problem) is null) problems.Add(ControlProblems.BadTrigger.At("trigger", problem));
        if (trigger.While?.Until <= now) problems.Add(ControlProblems.Expired.At("trigger.while.until", "trigger.while.until", trigger.While.Until, now));
        return trigger == new TriggerSpec() ? null : trigger;
    }

    private static WindowSpec? ReadWindow(JsonElement json, List<ControlProblemFound> problems)
    {
        var fields = new JsonFields(json, "trigger.while", problems, WindowMembers);
        return json.ValueKind is JsonValueKind.Object ? new WindowSpec(fields.Time("from"), fields.Time("until")) : null;
    }
}
