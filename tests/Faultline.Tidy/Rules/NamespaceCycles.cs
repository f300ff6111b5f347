using Faultline.Tidy.Sources;

namespace Faultline.Tidy.Rules;

/// <summary>Inside a project the namespaces form no cycle (direction 8): what uses each other in a circle cannot be read one after the other.</summary>
internal static class NamespaceCycles
{
    public static IEnumerable<string> Offenders(IEnumerable<SourceFile> files) =>
        files.GroupBy(file => string.Join('/', file.Path.Split('/').Take(2))).SelectMany(project => CyclesOf(project.Key, [.. project]));

    private static IEnumerable<string> CyclesOf(string project, SourceFile[] files)
    {
        HashSet<string> known = [.. files.Select(UsedNames.NamespaceOf).Where(name => name.Length > 0)];
        var edges = new SortedDictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (SourceFile file in files)
        {
            string from = UsedNames.NamespaceOf(file);
            foreach ((string name, Microsoft.CodeAnalysis.SyntaxNode node) in UsedNames.Of(file))
            {
                string? to = known.Where(space => UsedNames.Within(name, space)).MaxBy(space => space.Length);
                if (to is null || to == from) continue;
                if (!edges.TryGetValue(from, out Dictionary<string, string>? targets)) edges[from] = targets = [];
                targets.TryAdd(to, file.At(node));
            }
        }

        string[]? cycle = FindCycle(edges);
        if (cycle is null) yield break;
        IEnumerable<string> steps = cycle.Zip(cycle.Skip(1), (from, to) => $"    {from} -> {to} ({edges[from][to]})");
        yield return $"{project}: namespaces use each other in a circle\n{string.Join('\n', steps)}";
    }

    private static string[]? FindCycle(SortedDictionary<string, Dictionary<string, string>> edges)
    {
        var done = new HashSet<string>();
        var path = new List<string>();
        return edges.Keys.Select(Visit).FirstOrDefault(cycle => cycle is not null);

        string[]? Visit(string node)
        {
            int at = path.IndexOf(node);
            if (at >= 0) return [.. path.Skip(at), node];
            if (done.Contains(node) || !edges.TryGetValue(node, out Dictionary<string, string>? targets)) return null;

            path.Add(node);
            string[]? cycle = targets.Keys.Order(StringComparer.Ordinal).Select(Visit).FirstOrDefault(found => found is not null);
            path.RemoveAt(path.Count - 1);
            done.Add(node);
            return cycle;
        }
    }
}
