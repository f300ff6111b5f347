using Faultline.Lab.Supervisor;

namespace Faultline.Lab.Tests.Supervisor;

public sealed class RestartPolicyTests
{
    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 400)]
    [InlineData(5, 3_200)]
    [InlineData(7, 10_000)]
    [InlineData(1_000_000, 10_000)]
    public void Delay_doubles_with_each_failure_up_to_ten_seconds(int failures, int milliseconds)
    {
        RestartPolicy.DelayAfter(failures, RestartPolicy.DelayMax).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData(4, 29, 5)]
    [InlineData(4, 30, 1)]
    public void Thirty_healthy_seconds_wipe_the_slate(int before, int healthySeconds, int after)
    {
        RestartPolicy.FailuresAfter(before, TimeSpan.FromSeconds(healthySeconds)).ShouldBe(after);
    }
}
