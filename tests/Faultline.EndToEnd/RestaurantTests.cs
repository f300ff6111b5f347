namespace Faultline.EndToEnd;

public sealed class RestaurantTests
{
    [Fact]
    public async Task An_order_passes_in_the_weather_of_the_workshop_and_is_told_with_its_trace()
    {
        CommandRun run = await CommandRun.OfAsync(["run", "restaurant/single", "--profile", "workshop", "--seed", "1"]);

        run.ExitCode.ShouldBe(0, run.Error + run.Output);
        run.Output.ShouldContain("trace ");
    }

    [Fact]
    public async Task Seeds_at_once_share_one_system_and_its_weather_and_are_told_one_by_one()
    {
        CommandRun run = await CommandRun.OfAsync(["run", "restaurant/single", "--profile", "workshop", "--seed", "3", "--repeat", "5", "--at-once", "3"]);

        run.ExitCode.ShouldBe(0, run.Error + run.Output);
        run.Error.ShouldContain("3 experiments at the same time");
        run.Error.ShouldContain("To repeat: faultline run restaurant/single --seed 6 --profile workshop --repeat 2 --at-once 2");
        run.Output.ShouldContain("5 of 5");
        run.Output.ShouldContain("5 of 5 seeds passed");
    }

    [Fact]
    public async Task Of_seeds_at_once_each_is_judged_alone()
    {
        CommandRun run = await CommandRun.OfAsync(["run", "restaurant/guards", "--only", "validation-off", "--profile", "calm", "--repeat", "2", "--at-once", "2", "--seed", "1"]);

        run.ExitCode.ShouldBe(0, run.Error + run.Output);
        run.Output.ShouldContain("2 of 2 seeds passed");
    }

    [Fact]
    public async Task A_naive_Orders_of_the_users_own_passes_when_nothing_fails()
    {
        CommandRun run = await CommandRun.OfAsync(["run", "restaurant/half", "--profile", "calm", "--orders", Path.Combine(Lab.Repository(), "systems/Restaurant/workshop/Orders"), "--seed", "1"]);

        run.ExitCode.ShouldBe(0, run.Error + run.Output);
    }

    [Theory]
    [InlineData("--profile", "hail", "calm, workshop, storm")]
    [InlineData("--orders", "./no-such-folder", "there is no such folder or file")]
    public async Task A_profile_or_a_program_that_is_not_there_is_a_usage_error(string option, string value, string says)
    {
        CommandRun run = await CommandRun.OfAsync(["run", "restaurant/single", option, value]);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain(says);
    }
}
