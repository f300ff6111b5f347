using FsCheck;
using FsCheck.Fluent;

namespace Faultline.Triggers.Tests;

public sealed class TriggerRuleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("always", new long[] { 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData("once", new long[] { 1 })]
    [InlineData("nth", new long[] { 3 })]
    [InlineData("first", new long[] { 1, 2, 3 })]
    [InlineData("every", new long[] { 3, 6 })]
    public void Trigger_fires_on_exactly_these_of_seven_matches(string name, long[] expected)
    {
        TriggerRule rule = Rule(name, k: 3);

        Enumerable.Range(1, 7).Select(match => (long)match).Where(match => rule.Fires(At(match))).ShouldBe(expected);
    }

    [Theory]
    [InlineData("once", 0, false)]
    [InlineData("once", 1, true)]
    [InlineData("nth", 2, false)]
    [InlineData("nth", 3, true)]
    [InlineData("first", 2, false)]
    [InlineData("first", 3, true)]
    [InlineData("every", 1_000, false)]
    [InlineData("always", 1_000, false)]
    public void Trigger_is_spent_when_it_can_never_fire_again(string name, long matches, bool spent) => Rule(name, k: 3).IsSpent(matches, fired: matches, Noon).ShouldBe(spent);

    [Fact]
    public void Spent_trigger_never_fires_again() => Prop.ForAll<PositiveInt, PositiveInt>((k, matches) =>
        new[] { "once", "nth", "first", "every" }.Select(name => Rule(name, k.Get)).All(rule => !rule.IsSpent(matches.Get, 0, Noon) || !rule.Fires(At(matches.Get + 1)))).QuickCheckThrowOnFailure();

    [Fact]
    public void Window_holds_its_start_and_not_its_end()
    {
        var rule = new TriggerRule.While(Noon, Noon.AddSeconds(1));

        rule.Fires(At(1, Noon.AddTicks(-1))).ShouldBeFalse();
        rule.Fires(At(1, Noon)).ShouldBeTrue();
        rule.Fires(At(1, Noon.AddSeconds(1).AddTicks(-1))).ShouldBeTrue();
        rule.Fires(At(1, Noon.AddSeconds(1))).ShouldBeFalse();
        rule.IsSpent(0, 0, Noon.AddSeconds(1).AddTicks(-1)).ShouldBeFalse();
        rule.IsSpent(0, 0, Noon.AddSeconds(1)).ShouldBeTrue();
        new TriggerRule.While(null, null).IsSpent(9, 9, Noon).ShouldBeFalse();
    }

    [Fact]
    public void Probability_fires_about_as_often_as_it_says()
    {
        var rule = new TriggerRule.Probability(0.2);

        int fired = Enumerable.Range(1, 10_000).Count(match => rule.Fires(new Occasion(match, 0, Noon, new Seed(1).For("fault", $"{match}"))));

        fired.ShouldBeInRange(1_800, 2_200); // Five standard deviations; the seed is fixed, so this cannot flicker.
        Enumerable.Range(1, 1_000).ShouldAllBe(match => new TriggerRule.Probability(1).Fires(At(match, null)));
    }

    [Fact]
    public void Nothing_given_means_always() => Read(out _).ShouldBe(new TriggerRule.Always());

    [Theory]
    [InlineData(0, "trigger.nth is 0; it must be a whole number of at least 1")]
    [InlineData(-1, "trigger.nth is -1; it must be a whole number of at least 1")]
    public void Number_below_one_is_refused(long nth, string expected)
    {
        Read(out string? problem, nth: nth).ShouldBeNull();
        problem.ShouldBe(expected);
    }

    [Theory]
    [InlineData(0.0, false)]
    [InlineData(-0.1, false)]
    [InlineData(1.1, false)]
    [InlineData(double.NaN, false)]
    [InlineData(double.Epsilon, true)]
    [InlineData(1.0, true)]
    public void Probability_is_above_zero_and_at_most_one(double probability, bool valid) => (Read(out _, probability: probability) is not null).ShouldBe(valid);

    [Fact]
    public void Two_triggers_at_once_are_refused_by_their_names()
    {
        Read(out string? problem, once: true, every: 2).ShouldBeNull();

        problem.ShouldBe("trigger has once and every; it must have one of once, nth, first, every, probability, while");
    }

    [Fact]
    public void Once_that_is_false_is_refused()
    {
        Read(out string? problem, once: false).ShouldBeNull();
        problem.ShouldBe("trigger.once is false; it must be true or absent");
    }

    [Fact]
    public void Window_that_ends_before_it_begins_is_refused()
    {
        TriggerRule.Read(null, null, null, null, null, (Noon, Noon), out string? problem).ShouldBeNull();
        problem!.ShouldContain("before it begins");
        TriggerRule.Read(null, null, null, null, null, (Noon, Noon.AddTicks(1)), out _).ShouldNotBeNull();
    }

    private static TriggerRule Rule(string name, long k) => (name switch
    {
        "once" => Read(out _, once: true),
        "nth" => Read(out _, nth: k),
        "first" => Read(out _, first: k),
        "every" => Read(out _, every: k),
        _ => Read(out _),
    })!;

    private static TriggerRule? Read(out string? problem, bool? once = null, long? nth = null, long? first = null, long? every = null, double? probability = null) =>
        TriggerRule.Read(once, nth, first, every, probability, null, out problem);

    private static Occasion At(long match, DateTimeOffset? now = null) => new(match, 0, now ?? Noon, new Dice((ulong)match));
}
