using Faultline.Tidy.Sources;

namespace Faultline.Tidy.Rules;

/// <summary>Who may reference whom (directions 1 to 6 and 9 of the house style). What a project may reference, it may also reference through others.</summary>
internal static class Directions
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Faultline.Protocol"] = [],
        ["Faultline.Triggers"] = [],
        ["Faultline.Anomalies"] = ["Faultline.Protocol", "Faultline.Triggers"],
        ["Faultline.Anomalies.Hosting"] = ["Faultline.Anomalies"],
        ["Faultline.Proxy"] = ["Faultline.Triggers"],
        ["Faultline.Messaging"] = ["Faultline.Anomalies", "Faultline.Protocol"],
        ["Faultline.Messaging.PostgreSql"] = ["Faultline.Messaging"],
        ["Faultline.Messaging.RabbitMq"] = ["Faultline.Messaging"],
        ["Faultline.Orchestration"] = ["Faultline.Messaging", "Faultline.Anomalies"],
        ["Faultline.Hosting"] = ["Faultline.Messaging", "Faultline.Anomalies", "Faultline.Anomalies.Hosting"],
        ["Faultline.Verification"] = ["Faultline.Protocol", "Faultline.Triggers"],
        ["Faultline.Lab"] = ["Faultline.Verification", "Faultline.Proxy", "Faultline.Protocol"],
    };

    private static readonly string[] SystemMay = ["Faultline.Hosting", "Faultline.Messaging", "Faultline.Orchestration"];
    private static readonly string[] ChecksMay = ["Faultline.Verification"];

    public static IEnumerable<string> ForbiddenReferences(IEnumerable<ProjectFile> projects) => projects.SelectMany(Forbidden);

    /// <summary>Tests see the internals of the project that they are named after, and of no other. A system and its checks count as one.</summary>
    public static IEnumerable<string> ForbiddenFriends(IEnumerable<ProjectFile> projects, IReadOnlySet<string> testProjects) =>
        from project in projects
        from friend in project.Friends
        let tests = (project.Name.EndsWith(".Checks", StringComparison.Ordinal) ? project.Name[..^".Checks".Length] : project.Name) + ".Tests"
        let suite = testProjects.Contains(friend) && !friend.EndsWith(".Tests", StringComparison.Ordinal)
        where friend != tests && !suite && friend != "DynamicProxyGenAssembly2"
        select $"{project.Path} shows its internals to {friend}; only {tests} and the suites without '.Tests' may see them";

    private static IEnumerable<string> Forbidden(ProjectFile project)
    {
        HashSet<string>? may = MayReference(project);
        foreach (string reference in project.References)
        {
            if (reference == "Faultline.Cli" && project.Name != "Faultline.Cli.Tests") yield return $"{project.Path} references Faultline.Cli; nothing may";
            else if (may is not null && !may.Contains(reference)) yield return $"{project.Path} references {reference}; it may reference {(may.Count == 0 ? "nothing of ours" : string.Join(", ", may.Order()))}";
        }

        if (project.Folder.StartsWith("src/", StringComparison.Ordinal) && may is null && project.Name != "Faultline.Cli")
        {
            yield return $"{project.Path} has no direction; write in the tidy test what it may reference";
        }
    }

    /// <summary>Everything that a project may reference; null for those that may reference all but the command line.</summary>
    private static HashSet<string>? MayReference(ProjectFile project)
    {
        if (project.Name is "Faultline.EndToEnd" or "Faultline.Tidy") return [];

        string[]? direct = project.Folder.Split('/')[0] switch
        {
            "systems" => project.Name.EndsWith(".Checks", StringComparison.Ordinal) ? ChecksMay : SystemMay,
            "src" => Allowed.GetValueOrDefault(project.Name),
            _ => null,
        };
        if (direct is null) return null;

        var may = new HashSet<string>();
        var open = new Stack<string>(direct);
        while (open.TryPop(out string? next))
        {
            if (!may.Add(next)) continue;
            foreach (string further in Allowed.GetValueOrDefault(next, [])) open.Push(further);
        }

        return may;
    }
}
