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
