using FsCheck;
using FsCheck.Fluent;

namespace Faultline.Triggers.Tests;

public sealed class SeedTests
{
    [Fact]
    public void Same_decision_is_the_same_draw_whoever_asks_first()
    {
        ulong first = new Seed(7).For("crash", "cell/1", "kitchen", 2).Next();
        new Seed(7).For("other", "cell/9").Next();

        new Seed(7).For("crash", "cell/1", "kitchen", 2).Next().ShouldBe(first);
    }

    [Fact]
    public void Each_part_of_a_decision_changes_the_draw()
    {
        ulong[] draws =
        [
            Draw(7, "crash", "cell/1", "kitchen", 1), Draw(8, "crash", "cell/1", "kitchen", 1), Draw(7, "drop", "cell/1", "kitchen", 1), Draw(7, "crash", "cell/2", "kitchen", 1),
            Draw(7, "crash", "cell/1", "orders", 1), Draw(7, "crash", "cell/1", "kitchen", 2),
        ];

        draws.Distinct().Count().ShouldBe(draws.Length);
    }

    [Fact]
    public void Names_that_run_into_each_other_are_kept_apart() => Draw(7, "ab", "c", "", 1).ShouldNotBe(Draw(7, "a", "bc", "", 1));

    [Fact]
    public void Two_seeds_are_two_runs() => Prop.ForAll<ulong>(seed => Draw(seed, "f", "o", "c", 1) != Draw(seed ^ 1, "f", "o", "c", 1)).QuickCheckThrowOnFailure();

    [Fact]
    public void Parts_have_seeds_of_their_own()
    {
        new Seed(7).Derive("schedule").ShouldNotBe(new Seed(7).Derive("workload"));
        new Seed(7).Derive("schedule").ShouldBe(new Seed(7).Derive("schedule"));
    }

    /// <summary>Known answers: a replay of an old seed must draw what it drew, on every machine and with every later version.</summary>
    [Fact]
    public void Dice_draw_the_known_sequence_of_the_algorithm()
    {
        var dice = new Dice(1234567);

        new[] { dice.Next(), dice.Next(), dice.Next() }.ShouldBe([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL]);
    }

    [Fact]
    public void Bounds_are_both_reached_and_never_passed()
    {
        var dice = new Dice(1);
        int[] draws = [.. Enumerable.Range(0, 1_000).Select(_ => dice.Between(-1, 2))];

        draws.Distinct().Order().ShouldBe([-1, 0, 1, 2]);
        Enumerable.Range(0, 1_000).Select(_ => dice.Below(3)).Distinct().Order().ShouldBe([0, 1, 2]);
        dice.Between(int.MinValue, int.MaxValue);
        dice.Between(5, 5).ShouldBe(5);
        Should.Throw<ArgumentOutOfRangeException>(() => dice.Below(0));
        Should.Throw<ArgumentOutOfRangeException>(() => dice.Between(2, 1));
    }

    [Fact]
    public void Fraction_stays_below_one() => Prop.ForAll<ulong>(seed => new Dice(seed).Fraction() is >= 0 and < 1).QuickCheckThrowOnFailure();

    [Fact]
    public void Chance_of_none_never_comes_and_chance_of_all_always() => Prop.ForAll<ulong>(seed => !new Dice(seed).Chance(0) && new Dice(seed).Chance(1)).QuickCheckThrowOnFailure();

    [Fact]
    public void Shuffle_keeps_every_item_and_reaches_every_order()
    {
        HashSet<string> orders = [];
        for (ulong seed = 0; seed < 200; seed++)
        {
            int[] items = [1, 2, 3];
            new Dice(seed).Shuffle(items);
            items.Order().ShouldBe([1, 2, 3]);
            orders.Add(string.Concat(items));
        }

        orders.Count.ShouldBe(6);
    }

    private static ulong Draw(ulong seed, string fault, string operation, string consumer, int attempt) => new Seed(seed).For(fault, operation, consumer, attempt).Next();
}
