using Faultline.Hosting.Figures;

namespace Faultline.Hosting.Tests.Figures;

public sealed class ReadingPaceTests
{
    [Theory]
    [InlineData(2.0, 1, false, 0, false)] // Nothing moves and nothing waits.
    [InlineData(9.9, 1, false, 0, false)]
    [InlineData(10.0, 1, false, 0, true)] // Rarely, all the same.
    [InlineData(2.0, 1, true, 0, true)]
    [InlineData(2.0, 1, false, 5, true)] // What waits may have become older, or less.
    [InlineData(2.0, 20, true, 0, true)] // A hundredth of the time at most.
    [InlineData(2.0, 21, true, 5, false)]
    [InlineData(2.1, 21, true, 0, true)]
    [InlineData(10.0, 900, true, 5, true)]
    public void Backlog_is_read_while_something_moves_or_waits_and_never_for_more_than_a_hundredth_of_the_time(double seconds, int tookMs, bool moved, int waits, bool isDue) =>
        ReadingPace.IsDue(TimeSpan.FromSeconds(seconds), TimeSpan.FromMilliseconds(tookMs), moved, new Backlog { Queue = waits }).ShouldBe(isDue);

    [Fact]
    public void Reading_that_failed_is_tried_again_rarely()
    {
        ReadingPace.IsDue(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1), moved: true, last: null).ShouldBeFalse();
        ReadingPace.IsDue(ReadingPace.Rare, TimeSpan.FromSeconds(1), moved: true, last: null).ShouldBeTrue();
    }
}
