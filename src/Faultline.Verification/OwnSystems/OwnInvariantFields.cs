using System.Text.Json;
using Faultline.Protocol.Services;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using YamlDotNet.RepresentationModel;

namespace Faultline.Verification.OwnSystems;

/// <summary>The rules of a system file.</summary>
internal sealed class OwnInvariantFields(SystemDescription system, IReadOnlyList<string> drawn)
{
    private const int QueryLengthMax = 20_000;
    private const double NumberMax = 1e15;

    public IReadOnlyList<OwnInvariantConfig> Read(Fields fields)
    {
        var invariants = new List<OwnInvariantConfig>();
        if (fields.Map("invariants") is not { } map) return invariants;

        foreach ((string name, _) in map.Entries())
        {
            OwnSystemReader.CheckName(map, name, name);
            if (CheckerRegistry.General.Any(checker => checker.Description.Name == name)) map.Problem(name, "is the name of a general invariant; choose another");
            if (map.Map(name) is { } invariant && Invariant(invariant, name) is { } read) invariants.Add(read);
        }

        return invariants;
    }

    private OwnInvariantConfig? Invariant(Fields fields, string name)
    {
        string? says = fields.Text("says");
        IReadOnlyList<string> rules = Rules(fields);
        if (fields.Has("http") == fields.Has("sql")) fields.Problems.Add(fields.Line, $"{fields.Path} must have one of http and sql; it has {(fields.Has("http") ? "both" : "none")}");
        HttpProbeConfig? http = fields.Map("http") is { } web ? Http(web, rules) : null;
        SqlProbeConfig? sql = fields.Map("sql") is { } query ? Sql(query) : null;
        if (sql is not null && rules.Contains(OwnRules.Holds)) fields.Problem("rule", $"is '{OwnRules.Holds}', which looks at an HTTP reply; for sql it must be one of: {string.Join(", ", OwnRules.All.Except([OwnRules.Holds]))}");
        string? sentence = fields.Text("sentence");
        if (sentence is not null && !rules.Contains(OwnRules.None)) fields.Problem("sentence", $"says nothing here; it belongs to the rule '{OwnRules.None}'");
        TimeSpan? within = fields.Duration("within", TimeSpan.Zero, TimeSpan.FromMinutes(10));
        fields.End();
        if (rules.Count == 0 || (http is null && sql is null)) return null;

        return new OwnInvariantConfig { Name = name, Says = says ?? Usually(rules), Rules = rules, Http = http, Sql = sql, Sentence = sentence, Within = within ?? TimeSpan.FromSeconds(10) };
    }

    /// <summary>One rule, or several that compare the same rows with operations.</summary>
    private static IReadOnlyList<string> Rules(Fields fields)
    {
        if (!fields.Has("rule"))
        {
            fields.Problems.Add(fields.Line, $"{fields.At("rule")} is missing; it must be one of: {string.Join(", ", OwnRules.All)}");
            return [];
        }

        if (fields.Node("rule") is not YamlSequenceNode) return fields.OneOf("rule", OwnRules.All) is { } one ? [one] : [];

        IReadOnlyList<string> rules = fields.Names("rule", OwnRules.OfOperations);
        return [.. rules.Distinct()];
    }

    private HttpProbeConfig? Http(Fields fields, IReadOnlyList<string> rules)
    {
        fields.Required("service", "a service of the system");
        string? service = ExperimentFields.Service(fields, "service", system);
        if (service is not null && system.Find(service) is { IsHttp: false } or { Listens: false }) fields.Problem("service", $"is '{service}', which does not listen for HTTP");
        string? path = ExperimentFields.HttpPath(fields, required: true);
        bool holds = rules.Contains(OwnRules.Holds);
        bool each = fields.Flag("each") ?? false;
        string? rows = fields.Text("rows"), operation = fields.Text("operation");
        long? status = fields.Whole("status", 100, 599);
        IReadOnlyList<JsonExpectation> expect = Expectations(fields);
        foreach (string field in holds ? (string[])["rows", "operation"] : ["each", "status", "expect"])
        {
            if (rules.Count > 0 && fields.Has(field)) fields.Problem(field, $"says nothing here; it belongs to {(holds ? $"a rule that looks at rows ({string.Join(", ", OwnRules.All.Except([OwnRules.Holds]))})" : $"the rule '{OwnRules.Holds}'")}");
        }

        string[] known = each ? [.. Placeholders.Always, "subject", "prefix", .. drawn] : ["prefix"];
        Check("path", path is null ? [] : Placeholders.In(path));
        Check("expect", expect.SelectMany(place => place.Value is { } value ? Placeholders.In(value) : []));
        fields.End();
        return service is null || path is null ? null : new HttpProbeConfig(service, path, rows, operation, each, (int)(status ?? 200), expect);

        void Check(string field, IEnumerable<string> used)
        {
            foreach (string strange in used.Where(name => !known.Contains(name)).Distinct()) fields.Problem(field, $"has the placeholder {{{strange}}}; {Nearest.OneOf(strange, known)}{(holds && !each ? "; with each: true it may have those of the operation" : "")}");
        }
    }

    private static List<JsonExpectation> Expectations(Fields fields)
    {
        var expectations = new List<JsonExpectation>();
        if (fields.Map("expect") is not { } map) return expectations;

        foreach ((string path, YamlNode value) in map.Entries())
        {
            if (value is not YamlMappingNode)
            {
                expectations.Add(new JsonExpectation(path, map.Json(path), null, null));
            }
            else if (map.Map(path) is { } range)
            {
                double? min = range.Number("min", -NumberMax, NumberMax), max = range.Number("max", -NumberMax, NumberMax);
                if (min is null && max is null && !range.Has("min") && !range.Has("max")) range.Problems.Add(range.Line, $"{range.Path} must be a value, or have min, max or both");
                range.End();
                expectations.Add(new JsonExpectation(path, null, (decimal?)min, (decimal?)max));
            }
        }

        return expectations;
    }

    private SqlProbeConfig? Sql(Fields fields)
    {
        if (fields.Has("service") == fields.Has("connectionFrom")) fields.Problems.Add(fields.Line, $"{fields.Path} must have one of service (with database: true) and connectionFrom (the environment variable that holds a connection string); it has {(fields.Has("service") ? "both" : "none")}");
        string? service = ExperimentFields.Service(fields, "service", system);
        if (service is not null && system.Find(service) is { HasDatabase: false }) fields.Problem("service", $"is '{LinkDescription.ShortName(service)}', which has no database of the lab (database: true); it must be one of: {string.Join(", ", system.Services.Where(known => known.HasDatabase).Select(known => LinkDescription.ShortName(known.Service)).DefaultIfEmpty("(none has)"))}");
        string? variable = fields.Text("connectionFrom");
        if (!fields.Has("query")) fields.Problems.Add(fields.Line, $"{fields.At("query")} is missing; it must be a SELECT");
        string? query = (fields.Node("query") as YamlScalarNode)?.Value;
        if (fields.Has("query") && string.IsNullOrWhiteSpace(query)) fields.Problem("query", "is no text; it must be a SELECT");
        if (query?.Length > QueryLengthMax) fields.Problem("query", $"has {query.Length} characters; at most {QueryLengthMax} are allowed");
        fields.End();
        return string.IsNullOrWhiteSpace(query) || (service is null && variable is null) ? null : new SqlProbeConfig(service, variable, query);
    }

    private static string Usually(IReadOnlyList<string> rules) => string.Join("; ", rules.Select(rule => rule switch
    {
        OwnRules.Lost => "every acknowledged operation is there",
        OwnRules.Once => "no operation is there more than once",
        OwnRules.Refused => "no operation is there that certainly failed",
        OwnRules.None => "no row violates the rule",
        _ => "the answer is as it must be",
    }));
}
