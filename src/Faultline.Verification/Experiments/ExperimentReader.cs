using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Faultline.Verification.Experiments;

/// <summary>Reads experiment and battery files (YAML, and JSON as its subset) and checks every name in them against what there really is.</summary>
public static class ExperimentReader
{
    /// <summary>The longest file that is read.</summary>
    public const int TextLengthMax = 1 << 20;

    private const int DepthMax = 32;

    /// <summary>Reads a file of one experiment or of a battery.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="catalogue">What may be named.</param>
    public static Reading Read(string text, string file, Catalogue catalogue)
    {
        var problems = new ProblemList();
        bool isSingle = true;
        Battery? battery = null;
        if (Load(text, problems, "an experiment or a battery") is { } root)
        {
            isSingle = !root.Children.Any(child => child.Key is YamlScalarNode { Value: "battery" });
            battery = isSingle ? Single(root, catalogue, problems) : ReadBattery(root, catalogue, problems);
        }

        return new Reading(file, problems.Count == 0 ? battery : null, isSingle, problems.Sorted);
    }

    private static Battery? Single(YamlMappingNode root, Catalogue catalogue, ProblemList problems) =>
        ExperimentFields.Read(new Fields(root, "", problems), catalogue) is { } experiment ? Battery.Of(experiment) : null;

    private static Battery? ReadBattery(YamlMappingNode root, Catalogue catalogue, ProblemList problems)
    {
        var fields = new Fields(root, "", problems);
        string? name = fields.Required("battery", "the name of the battery");
        if (name is not null) ExperimentFields.CheckName(fields, "battery", name);
        string? title = fields.Text("title");
        YamlMappingNode? defaults = fields.Node("defaults") as YamlMappingNode;
        if (defaults is null && fields.Has("defaults")) fields.Problem("defaults", "is no mapping; it must hold fields of experiments");
        if (defaults is not null) CheckDefaults(defaults, problems);

        var cells = new List<Experiment>();
        HashSet<string> names = [];
        foreach ((YamlNode item, string path) in fields.List("experiments", itemsMax: 5_000))
        {
            if (item is not YamlMappingNode map)
            {
                problems.Add((int)item.Start.Line, $"{path} is {Fields.Show(item)}; it must be an experiment");
                continue;
            }

            if (ExperimentFields.Read(new Fields(map, path, problems, defaults), catalogue) is not { } cell) continue;

            cells.Add(cell);
            if (!names.Add(cell.Name)) problems.Add((int)item.Start.Line, $"{path}.name is '{cell.Name}', which another experiment of the battery has; each must have its own");
        }

        if (cells.Count == 0 && problems.Count == 0) problems.Add(fields.LineOf("experiments"), "experiments is empty; a battery must have at least one experiment");
        fields.End();
        return name is null ? null : new Battery(name, title ?? name, cells);
    }

    private static void CheckDefaults(YamlMappingNode defaults, ProblemList problems)
    {
        foreach ((YamlNode key, _) in defaults.Children)
        {
            string field = (key as YamlScalarNode)?.Value ?? "";
            if (field == "name" || !ExperimentFields.Known.Contains(field))
            {
                problems.Add((int)key.Start.Line, $"defaults.{field} is not known; {Nearest.OneOf(field, ExperimentFields.Known.Except(["name"]))}");
            }
        }
    }

    /// <summary>The systems that a file names, as it names them; none when it cannot be read.</summary>
    /// <param name="text">The text of the file.</param>
    public static IReadOnlyList<string> SystemsNamed(string text)
    {
        if (Load(text, new ProblemList(), "an experiment or a battery") is not { } root) return [];

        IEnumerable<YamlNode> cells = root.Children.Where(child => child.Key is YamlScalarNode { Value: "experiments" }).SelectMany(child => (child.Value as YamlSequenceNode)?.Children ?? []);
        IEnumerable<YamlNode> defaults = root.Children.Where(child => child.Key is YamlScalarNode { Value: "defaults" }).Select(child => child.Value);
        return
        [
            .. from map in ((YamlNode[])[root, .. defaults, .. cells]).OfType<YamlMappingNode>()
               from child in map.Children
               where child is { Key: YamlScalarNode { Value: "system" }, Value: YamlScalarNode { Value.Length: > 0 } }
               select ((YamlScalarNode)child.Value).Value!,
        ];
    }

    /// <summary>The one mapping that a file holds; null with a problem when it holds something else.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="problems">Gets what is wrong.</param>
    /// <param name="what">What it must hold, for messages.</param>
    internal static YamlMappingNode? Load(string text, ProblemList problems, string what)
    {
        if (text.Length > TextLengthMax)
        {
            problems.Add(1, $"the file has {text.Length} characters; at most {TextLengthMax} are allowed");
            return null;
        }

        // JSON may be indented by tabs, which YAML refuses; inside its strings a tab cannot stand.
        if (text.AsSpan().TrimStart().StartsWith("{")) text = text.Replace('\t', ' ');
        try
        {
            if (!IsPlain(text, problems)) return null;

            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode root) return root;

            problems.Add(1, stream.Documents.Count == 0 ? $"the file is empty; it must hold {what}" : $"the file must hold one mapping: {what}");
            return null;
        }
        catch (YamlException error)
        {
            problems.Add(Math.Max(1, (int)error.Start.Line), $"the file is no YAML: {error.Message}");
            return null;
        }
    }

    /// <summary>Looks at the events before anything is built from them: nesting would cost stack, aliases could make a small file large.</summary>
    private static bool IsPlain(string text, ProblemList problems)
    {
        int depth = 0, documents = 0;
        var parser = new Parser(new StringReader(text));
        while (parser.MoveNext())
        {
            int line = (int)parser.Current!.Start.Line;
            switch (parser.Current)
            {
                case DocumentStart when ++documents > 1:
                    problems.Add(line, "the file holds several documents; one is allowed");
                    return false;
                case AnchorAlias or NodeEvent { Anchor.IsEmpty: false }:
                    problems.Add(line, "anchors and aliases (& and *) are not used in these files; a battery has 'defaults'");
                    return false;
                case MappingStart or SequenceStart when ++depth > DepthMax:
                    problems.Add(line, $"the file is nested more than {DepthMax} levels deep");
                    return false;
                case MappingEnd or SequenceEnd:
                    depth--;
                    break;
            }
        }

        return true;
    }
}
