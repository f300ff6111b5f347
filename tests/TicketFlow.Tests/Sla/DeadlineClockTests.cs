using TicketFlow.Sla;

namespace TicketFlow.Tests.Sla;

public sealed class DeadlineClockTests
{
    private static readonly DateTimeOffset Created = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_deadline_is_creation_agreement_and_blocked_time() =>
        new DeadlineClock(Created, TimeSpan.FromHours(4), TimeSpan.FromMinutes(25), TimeSpan.FromMinutes(2)).DueAt.ShouldBe(Created.AddHours(4).AddMinutes(25));

    [Theory]
    [InlineData(50, 30), InlineData(75, 45), InlineData(90, 54)]
    public void Reminders_of_a_one_minute_agreement_come_within_that_minute(int percent, double second) =>
        new DeadlineClock(Created, TimeSpan.FromMinutes(1), TimeSpan.Zero, TimeSpan.FromMinutes(2)).ReminderAt(percent).ShouldBe(Created.AddSeconds(second));

    [Fact]
    public void Blocked_time_moves_each_reminder_by_itself_and_not_by_a_part_of_it() =>
        new DeadlineClock(Created, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2)).ReminderAt(50).ShouldBe(Created.AddMinutes(10).AddSeconds(30));

    [Fact]
    public void Alerts_come_at_the_deadline_and_then_after_two_four_and_eight_minutes()
    {
        var clock = new DeadlineClock(Created, TimeSpan.FromHours(1), TimeSpan.Zero, TimeSpan.FromMinutes(2));

        Enumerable.Range(1, 4).Select(step => (clock.BreachAt(step) - clock.DueAt).TotalMinutes).ShouldBe([0, 2, 6, 14]);
    }

    [Fact]
    public void The_last_alert_is_within_what_a_schedule_can_hold() =>
        new DeadlineClock(Created, TimeSpan.FromDays(7), TimeSpan.Zero, TimeSpan.FromMinutes(2)).BreachAt(DeadlineClock.BreachesMax).ShouldBeLessThan(Created.AddYears(3));
}
