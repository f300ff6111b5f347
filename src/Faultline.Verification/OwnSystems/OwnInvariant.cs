using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Histories;

namespace Faultline.Verification.OwnSystems;

/// <summary>What a probe saw, as facts that a rule judges: that it was read, why it could not be, and the rows.</summary>
public static class OwnFacts
{
    private static readonly JsonElement Nothing = JsonSerializer.SerializeToElement(new { });

    /// <summary>The name of the facts of a rule.</summary>
    /// <param name="invariant">Its name.</param>
    public static string NameOf(string invariant) => $"own/{invariant}";

    /// <summary>The probe was answered; without this fact a rule was not looked at.</summary>
    /// <param name="invariant">The rule.</param>
    public static SystemFact Read(string invariant) => new(NameOf(invariant), null, JsonSerializer.SerializeToElement(new { read = true }));

    /// <summary>The probe was not answered, so nobody can judge.</summary>
    /// <param name="invariant">The rule.</param>
    /// <param name="why">In words.</param>
    public static SystemFact Unreadable(string invariant, string why) => new(NameOf(invariant), null, JsonSerializer.SerializeToElement(new { unreadable = why }));

    /// <summary>A row that goes back to an operation.</summary>
    /// <param name="invariant">The rule.</param>
    /// <param name="operationId">The operation.</param>
    public static SystemFact Of(string invariant, string operationId) => new(NameOf(invariant), operationId, Nothing);

    /// <summary>A row that must not be there.</summary>
    /// <param name="invariant">The rule.</param>
    /// <param name="operationId">The operation that it goes back to, where known.</param>
    /// <param name="row">The row.</param>
    public static SystemFact Row(string invariant, string? operationId, JsonElement row) => new(NameOf(invariant), operationId, JsonSerializer.SerializeToElement(new { row }));

    /// <summary>An answer that was looked at.</summary>
    /// <param name="invariant">The rule.</param>
    /// <param name="operationId">The operation that it was asked about; null for none.</param>
    /// <param name="wrong">What is not as it must be; null when all is.</param>
    public static SystemFact Answer(string invariant, string? operationId, string? wrong) => new(NameOf(invariant), operationId, JsonSerializer.SerializeToElement(new { answer = true, wrong }));
}

/// <summary>A rule of a system of the user's own. Without data it acquits nobody.</summary>
/// <param name="config">The rule.</param>
public sealed class OwnInvariant(OwnInvariantConfig config) : IChecker
{
    private const string Violating = "row";

    /// <inheritdoc />
    public CheckerDescription Description { get; } = new(config.Name, config.Says);

    /// <inheritdoc />
    public Finding Check(CheckContext context)
    {
        SystemFact[] facts = [.. context.FactsOf(OwnFacts.NameOf(config.Name))];
        string? unreadable = facts.Select(fact => Text(fact, "unreadable")).FirstOrDefault(why => why is not null);
        if (facts.Length == 0) return Finding.Inconclusive(config.Name, "its probe was not asked");

        var finding = new FindingBuilder(config.Name);
        if (config.Rules.Contains(OwnRules.Holds)) Answers(facts, finding);
        else if (config.Rules.Contains(OwnRules.None)) Rows(facts, context, finding);
        else if (unreadable is null) Compare(facts, context, finding);

        Finding found = finding.Build("no operation was acknowledged, so there was nothing to compare");
        // What is seen to be wrong is wrong; what could not be seen may be anything.
        return unreadable is not null && found.Verdict != Verdict.Failed ? Finding.Inconclusive(config.Name, unreadable) : found;
    }

    private void Compare(SystemFact[] facts, CheckContext context, FindingBuilder finding)
    {
        var seen = new Dictionary<string, int>();
        foreach (string id in facts.Select(fact => fact.OperationId).OfType<string>()) seen[id] = seen.GetValueOrDefault(id) + 1;

        foreach (Operation operation in context.History.Operations)
        {
            int times = seen.GetValueOrDefault(operation.OperationId);
            // To be there once one must be there at all: an empty list shows nothing.
            bool lost = config.Rules.Contains(OwnRules.Lost) && operation.Outcome == Outcome.Ok;
            if (lost || config.Rules.Contains(OwnRules.Refused) || (times > 0 && config.Rules.Contains(OwnRules.Once))) finding.Judged();

            if (lost && times == 0) finding.Violates("lost", () => $"{Name(operation)} was acknowledged, and is not there", [operation.OperationId]);
            if (times > 1 && config.Rules.Contains(OwnRules.Once)) finding.Violates("twice", () => $"{Name(operation)} is there {times} times; the client sent it {(operation.Attempts == 1 ? "once" : $"{operation.Attempts} times")}", [operation.OperationId]);
            if (times > 0 && operation.Outcome == Outcome.Failed && config.Rules.Contains(OwnRules.Refused)) finding.Violates("refused-and-done", () => $"{Name(operation)} was refused ({operation.Error}), and is there", [operation.OperationId]);
        }
    }

    private void Rows(SystemFact[] facts, CheckContext context, FindingBuilder finding)
    {
        bool isRead = facts.Any(fact => fact.Value.TryGetProperty("read", out _));
        if (isRead) foreach (Operation operation in context.History.Operations.Where(operation => operation.Outcome == Outcome.Ok)) finding.Judged();

        foreach (SystemFact fact in facts)
        {
            if (fact.Value.TryGetProperty(Violating, out JsonElement row)) finding.Violates(Violating, () => SentenceOf(row), [fact.OperationId]);
        }
    }

    private static void Answers(SystemFact[] facts, FindingBuilder finding)
    {
        foreach (SystemFact fact in facts.Where(fact => fact.Value.TryGetProperty("answer", out _)))
        {
            finding.Judged();
            if (Text(fact, "wrong") is { } wrong) finding.Violates("not-so", () => fact.OperationId is null ? wrong : $"operation {fact.OperationId}: {wrong}", [fact.OperationId]);
        }
    }

    private string SentenceOf(JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object) return $"there is a row that must not be: {row.GetRawText()}";
        if (config.Sentence is not { } sentence) return $"there is a row that must not be: {string.Join(", ", row.EnumerateObject().Select(column => $"{column.Name} {Placeholders.TextOf(column.Value)}"))}";

        return Placeholders.Fill(sentence, row.EnumerateObject().ToDictionary(column => column.Name, column => column.Value));
    }

    private static string Name(Operation operation) => $"operation {operation.OperationId} ('{operation.Name}'{(operation.Subject is null ? "" : $", {operation.Subject}")})";

    private static string? Text(SystemFact fact, string name) => fact.Value.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
