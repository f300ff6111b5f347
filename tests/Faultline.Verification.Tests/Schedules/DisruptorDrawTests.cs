using Faultline.Triggers;
using Faultline.Verification.Schedules;

namespace Faultline.Verification.Tests.Schedules;

public sealed class DisruptorDrawTests
{
    private static readonly DisruptorFault Plan = new()
    {
        Name = "disruptor",
        Every = TimeSpan.FromSeconds(1),
        DownMin = TimeSpan.FromMilliseconds(300),
        DownMax = TimeSpan.FromMilliseconds(900),
        Targets = ["shop/kitchen", "shop/orders", "broker"],
    };

    [Fact]
    public void One_seed_gives_the_same_strikes_and_another_one_others()
    {
        Strikes(new Seed(1)).ShouldBe(Strikes(new Seed(1)));
        Strikes(new Seed(1)).ShouldNotBe(Strikes(new Seed(2)));
    }

    [Fact]
    public void Every_target_and_verb_has_its_turn_and_no_time_is_out_of_bounds()
    {
        Strike[] strikes = Strikes(new Seed(7));

        strikes.Select(strike => strike.Target).Distinct().Order().ShouldBe(Plan.Targets.Order());
        strikes.Select(strike => strike.Verb).Distinct().Order().ShouldBe(DisruptorDraw.UsualVerbs.Order());
        strikes.ShouldAllBe(strike => strike.Down >= Plan.DownMin && strike.Down <= Plan.DownMax);
    }

    private static Strike[] Strikes(Seed seed) => [.. Enumerable.Range(1, 60).Select(turn => DisruptorDraw.Of(Plan, seed, turn))];
}
