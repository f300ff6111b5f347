using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Scheduling;
using Faultline.Messaging.Store;

namespace Faultline.Messaging.Tests.Scheduling;

public sealed class ScheduleCoreTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ScheduleCore _core = new();

    [Fact]
    public void What_is_due_is_fired_and_what_is_not_is_waited_for()
    {
        Step(new ScheduleEvent.Woken()).ShouldHaveSingleItem().ShouldBeOfType<ScheduleEffect.Read>();
        Step(Rows(-1, 0, 5)).ShouldHaveSingleItem().ShouldBeOfType<ScheduleEffect.Fire>().Rows.Count.ShouldBe(2);
        Step(new ScheduleEvent.Fired()).ShouldHaveSingleItem().ShouldBeOfType<ScheduleEffect.Read>();

        Step(Rows(5)).ShouldHaveSingleItem().ShouldBe(new ScheduleEffect.WakeAt(Start.AddSeconds(5)));
    }

    [Fact]
    public void Nothing_is_fired_before_its_time()
    {
        Step(new ScheduleEvent.Woken());

        Step(Rows(1)).OfType<ScheduleEffect.Fire>().ShouldBeEmpty();
    }

    [Fact]
    public void A_word_that_comes_during_a_read_leads_to_another_one()
    {
        Step(new ScheduleEvent.Woken());
        Step(new ScheduleEvent.Woken()).ShouldBeEmpty();

        Step(Rows(9)).ShouldHaveSingleItem().ShouldBeOfType<ScheduleEffect.Read>();
    }

    [Fact]
    public void After_a_failure_it_pauses_and_tries_again()
    {
        Step(new ScheduleEvent.Woken());
        Step(new ScheduleEvent.Failed()).ShouldHaveSingleItem().ShouldBe(new ScheduleEffect.WakeAt(Start.AddMilliseconds(50)));

        _core.Step(new ScheduleEvent.Tick(), Start.AddMilliseconds(50)).ShouldHaveSingleItem().ShouldBeOfType<ScheduleEffect.Read>();
    }

    [Fact]
    public void An_empty_schedule_wakes_nobody()
    {
        Step(new ScheduleEvent.Woken());

        Step(Rows()).ShouldBeEmpty();
    }

    private IReadOnlyList<ScheduleEffect> Step(ScheduleEvent happened) => _core.Step(happened, Start);

    private static ScheduleEvent.RowsRead Rows(params int[] dueInSeconds) => new([.. dueInSeconds.Select(seconds => new ScheduledRow(
        new Envelope { Id = Guid.Empty, Type = "test.thing", Version = 1, Publisher = "test/one", Time = Start, Digest = 0, Body = default }, Start.AddSeconds(seconds)))]);
}
