using System.Text.Json;

namespace Faultline.Verification.Checkers;

/// <summary>Every change of state is one that the table allows, and begins where the last one ended.</summary>
internal sealed class LegalTransitions : IChecker
{
    public const string Name = "legal-transitions";

    public const string IllegalKind = "illegal-transition";
    public const string BrokenChainKind = "broken-chain";

    private const string Table = "table";

    public CheckerDescription Description { get; } = new(
        Name, "Every change of state is one that the table allows, and begins where the last one ended.",
        new CheckerParameter(Table, "list of {from, event, to}; without 'from' for a creation; required"));

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        HashSet<(string?, string, string)> allowed = Read(context);
        var finding = new FindingBuilder(Name);
        StateEvent? last = null;
        foreach (StateEvent change in context.StateEvents.OrderBy(change => change.Subject, StringComparer.Ordinal).ThenBy(change => change.Version))
        {
            finding.Judged();
            StateEvent? before = last?.Subject == change.Subject ? last : null;
            last = change;
            if (!allowed.Contains((change.From, change.Event, change.To)))
            {
                finding.Violates(IllegalKind, () => $"{change.Subject} went from {State(change.From)} to '{change.To}' by '{change.Event}' (version {change.Version}), which the table does not allow", [change.OperationId]);
            }
            else if (before?.To != change.From)
            {
                finding.Violates(
                    BrokenChainKind, () => $"{change.Subject} was left in {State(before?.To)} and went on from {State(change.From)} by '{change.Event}' (version {change.Version})",
                    [change.OperationId, before?.OperationId]);
            }
        }

        return finding.Build("no change of state was reported");
    }

    private static string State(string? name) => name is null ? "nothing" : $"'{name}'";

    private static HashSet<(string?, string, string)> Read(CheckContext context)
    {
        if (!context.Parameters.TryGetValue(Table, out JsonElement table) || table.ValueKind != JsonValueKind.Array)
        {
            throw new ArgumentException($"{Table} is missing; it must be a list of {{from, event, to}}");
        }

        HashSet<(string?, string, string)> allowed = [];
        foreach (JsonElement row in table.EnumerateArray())
        {
            string? Text(string field) => row.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            allowed.Add((Text("from"), Text("event") ?? throw Incomplete(row), Text("to") ?? throw Incomplete(row)));
        }

        return allowed;
    }

    private static ArgumentException Incomplete(JsonElement row) => new($"{Table} has {row.GetRawText()}; each row must have 'event' and 'to'");
}
