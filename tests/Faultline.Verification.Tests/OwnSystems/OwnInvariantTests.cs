using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;
using Faultline.Verification.Histories;
using Faultline.Verification.Ledger;
using Faultline.Verification.OwnSystems;

namespace Faultline.Verification.Tests.OwnSystems;

public sealed class OwnInvariantTests
{
    private const string Name = "kept";

    [Theory]
    [InlineData(OwnRules.Lost, "a", "lost")]
    [InlineData(OwnRules.Once, "a b b", "twice")]
    [InlineData(OwnRules.Refused, "a b c", "refused-and-done")]
    public void A_planted_violation_is_found_and_names_its_operation(string rule, string rows, string kind)
    {
        Finding finding = Check(rule, rows.Split(' '));

        finding.Verdict.ShouldBe(Verdict.Failed);
        Violation violation = finding.Violations.ShouldHaveSingleItem();
        violation.Kind.ShouldBe(kind);
        violation.Operations.ShouldBe([kind == "refused-and-done" ? "c" : "b"]);
    }

    [Theory]
    [InlineData(OwnRules.Lost)]
    [InlineData(OwnRules.Once)]
    [InlineData(OwnRules.Refused)]
    public void Each_acknowledged_operation_once_and_no_refused_one_is_right(string rule) => Check(rule, "a", "b", "d").Verdict.ShouldBe(Verdict.Passed);

    [Fact]
    public void An_operation_of_unknown_outcome_may_be_there_or_not() => Check(OwnRules.Lost, "a", "b").Verdict.ShouldBe(Verdict.Passed);

    [Fact]
    public void Once_without_a_row_shows_nothing() => Check(OwnRules.Once).Verdict.ShouldBe(Verdict.Inconclusive);

    [Fact]
    public void A_rule_whose_probe_was_not_asked_is_inconclusive() => Judged([OwnRules.Lost], []).Verdict.ShouldBe(Verdict.Inconclusive);

    [Fact]
    public void A_rule_whose_probe_failed_is_inconclusive_and_says_why()
    {
        Finding finding = Judged([OwnRules.Lost], [OwnFacts.Unreadable(Name, "it answered 500")]);

        (finding.Verdict, finding.Reason).ShouldBe((Verdict.Inconclusive, "it answered 500"));
    }

    [Fact]
    public void A_row_that_must_not_be_there_is_told_in_the_words_of_the_file()
    {
        OwnInvariantConfig config = Config(OwnRules.None) with { Sentence = "{account} has {balance}" };

        Finding finding = new OwnInvariant(config).Check(Context([OwnFacts.Read(Name), OwnFacts.Row(Name, "b", JsonSerializer.SerializeToElement(new { account = "ada", balance = -3 }))]));

        finding.Violations.ShouldHaveSingleItem().Sentence.ShouldBe("ada has -3");
        finding.Violations[0].Operations.ShouldBe(["b"]);
        new OwnInvariant(config).Check(Context([OwnFacts.Read(Name)])).Verdict.ShouldBe(Verdict.Passed);
    }

    [Fact]
    public void No_row_is_no_pass_when_nothing_was_acknowledged()
    {
        CheckContext nothing = Context([OwnFacts.Read(Name)]) with { History = History.Of([Operation("a", Outcome.Unknown)]) };

        new OwnInvariant(Config(OwnRules.None)).Check(nothing).Verdict.ShouldBe(Verdict.Inconclusive);
    }

    [Fact]
    public void An_answer_that_is_wrong_is_a_violation_of_its_operation()
    {
        Finding finding = Judged([OwnRules.Holds], [OwnFacts.Answer(Name, "a", null), OwnFacts.Answer(Name, "b", "total is 3; it must be 4")]);

        finding.Violations.ShouldHaveSingleItem().Sentence.ShouldBe("operation b: total is 3; it must be 4");
    }

    [Theory]
    [InlineData("""{"a": {"b": [1, "x"]}}""", "a.b.1", "\"x\"", null)]
    [InlineData("""{"a": 2.0}""", "a", "2.0", null)]
    [InlineData("""{"a": 2}""", "a", "3", "a is 2; it must be 3")]
    [InlineData("""{"a": 2}""", "b", "3", "the reply has no b")]
    [InlineData("""{"a": "ada"}""", "a", "\"{who}\"", null)]
    public void A_place_in_a_reply_is_compared(string json, string path, string value, string? wrong) =>
        JsonPlaces.Wrong(Json(json), [new JsonExpectation(path, Json(value), null, null)], new Dictionary<string, JsonElement> { ["who"] = Json("\"ada\"") }).ShouldBe(wrong);

    [Theory]
    [InlineData("2", null)]
    [InlineData("0", "a is 0; it must be a number from 1 up to 3")]
    [InlineData("\"2\"", "a is \"2\"; it must be a number from 1 up to 3")]
    public void A_number_in_a_reply_is_held_to_its_range(string value, string? wrong) =>
        JsonPlaces.Wrong(Json($"{{\"a\": {value}}}"), [new JsonExpectation("a", null, 1, 3)], new Dictionary<string, JsonElement>()).ShouldBe(wrong);

    private static Finding Check(string rule, params string[] rows) => Judged([rule], [OwnFacts.Read(Name), .. rows.Select(row => OwnFacts.Of(Name, row))]);

    private static Finding Judged(IReadOnlyList<string> rules, IReadOnlyList<SystemFact> facts) => new OwnInvariant(Config([.. rules])).Check(Context(facts));

    private static OwnInvariantConfig Config(params string[] rules) => new() { Name = Name, Says = "it is kept", Rules = rules };

    private static CheckContext Context(IReadOnlyList<SystemFact> facts) => new()
    {
        History = History.Of([Operation("a", Outcome.Ok), Operation("b", Outcome.Ok), Operation("c", Outcome.Failed), Operation("d", Outcome.Unknown)]),
        Ledger = new LedgerBuilder().Build(),
        Facts = facts,
    };

    private static OperationRecord Operation(string id, Outcome outcome) => new() { Index = 0, Process = 0, Name = "order", OperationId = id, InvokedAt = World.Noon, EndedAt = World.Noon.AddSeconds(1), Outcome = outcome };

    private static JsonElement Json(string text)
    {
        using JsonDocument json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }
}
