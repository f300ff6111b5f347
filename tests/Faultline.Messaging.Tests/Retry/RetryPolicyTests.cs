using Faultline.Messaging.Retry;

namespace Faultline.Messaging.Tests.Retry;

public sealed class RetryPolicyTests
{
    private static readonly RetryOptions Options = new() { AttemptsMax = 6, PauseMin = TimeSpan.FromMilliseconds(100), PauseMax = TimeSpan.FromSeconds(1), Jitter = 0.2 };

    [Theory]
    [InlineData(1, 0.5, 100)]
    [InlineData(2, 0.5, 200)]
    [InlineData(3, 0.5, 400)]
    [InlineData(5, 0.5, 1_000)]
    [InlineData(1, 0.0, 80)]
    [InlineData(1, 1.0, 120)]
    [InlineData(4, 0.0, 640)]
    public void Pause_doubles_up_to_the_longest_and_chance_moves_it_by_the_jitter(int attempt, double chance, int pauseMs) =>
        RetryPolicy.Decide(attempt, isLasting: false, "broke", chance, Options).ShouldBeOfType<RetryDecision.Again>().Pause.TotalMilliseconds.ShouldBe(pauseMs, 0.001);

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public void Last_attempt_gives_up_and_says_which_it_was(int attempt) =>
        RetryPolicy.Decide(attempt, isLasting: false, "broke", 0.5, Options).ShouldBeOfType<RetryDecision.GiveUp>().Reason.ShouldBe($"broke (attempt {attempt} of 6)");

    [Fact]
    public void Lasting_failure_gives_up_at_the_first_attempt() => RetryPolicy.Decide(1, isLasting: true, "never", 0.5, Options).ShouldBe(new RetryDecision.GiveUp("never"));

    [Fact]
    public void A_hundredth_attempt_does_not_overflow_the_pause() =>
        RetryPolicy.Decide(99, isLasting: false, "broke", 0.5, Options with { AttemptsMax = 100 }).ShouldBeOfType<RetryDecision.Again>().Pause.ShouldBe(TimeSpan.FromSeconds(1));

    [Fact]
    public void All_problems_of_the_options_are_told_at_once() =>
        new RetryOptions { AttemptsMax = 0, CrashesMax = 101, PauseMin = TimeSpan.FromSeconds(2), PauseMax = TimeSpan.FromSeconds(1), Jitter = double.NaN }.Problems().Count().ShouldBe(4);
}
