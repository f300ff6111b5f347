using Faultline.Hosting.Figures;
using Faultline.TestSupport;
using TicketFlow.Metrics.Live;

namespace TicketFlow.Tests.Metrics;

public sealed class LiveFiguresTests
{
    private readonly ManualTime _time = new();
    private readonly LiveFigures _figures;

    public LiveFiguresTests() => _figures = new LiveFigures(_time);

    [Fact]
    public void First_report_gives_no_rates()
    {
        _figures.Take(Reports.Of(7) with { CpuSeconds = 90, In = 500, Out = 400 });

        (Single().State, Only().Load).ShouldBe((LiveState.Up, new LiveLoad(1_000, null, null, null)));
        Single().Load.ShouldBe(new LiveLoad(1_000, null, null, null));
    }

    [Fact]
    public void Two_reports_give_rates_by_the_time_of_the_sender()
    {
        _figures.Take(Reports.Of(1) with { CpuSeconds = 1, In = 10, Out = 100 });
        _time.Advance(TimeSpan.FromSeconds(3)); // On its way for a second: that changes no rate.
        _figures.Take(Reports.Of(2) with { CpuSeconds = 1.5, In = 15, Out = 100, WorkingSetBytes = 2_000 });

        Only().Load.ShouldBe(new LiveLoad(2_000, 0.25, 2.5, 0));
    }

    [Fact]
    public void Rates_span_reports_that_were_lost()
    {
        _figures.Take(Reports.Of(1) with { In = 10 });
        _time.Advance(InstanceFigures.Interval * 2);
        _figures.Take(Reports.Of(3) with { In = 30 });

        Only().Load!.InPerSecond.ShouldBe(5);
    }

    [Fact]
    public void Instance_that_was_started_anew_has_no_negative_rates()
    {
        _figures.Take(Reports.Of(1) with { CpuSeconds = 50, In = 1_000, Out = 1_000 });
        _figures.Take(Reports.Of(2) with { CpuSeconds = 60, In = 1_100, Out = 1_100 });
        InstanceFigures anew = Reports.Of(1) with { StartedAt = Reports.Start + TimeSpan.FromSeconds(5), CpuSeconds = 1, In = 2, Out = 3 };
        _figures.Take(anew);
        Only().Load.ShouldBe(new LiveLoad(1_000, null, null, null));

        _figures.Take(anew with { Number = 2, RunningSeconds = 4, CpuSeconds = 2, In = 4, Out = 7 });

        Only().Load.ShouldBe(new LiveLoad(1_000, 0.5, 1, 2));
        Only().StartedAt.ShouldBe(anew.StartedAt);
    }

    [Fact]
    public void Reports_out_of_order_and_repeated_ones_are_ignored()
    {
        _figures.Take(Reports.Of(1));
        _figures.Take(Reports.Of(3) with { In = 40 });
        LiveInstance before = Only();
        _time.Advance(TimeSpan.FromSeconds(1));

        _figures.Take(Reports.Of(2) with { In = 20 });
        _figures.Take(Reports.Of(3) with { In = 40 });
        _figures.Take(Reports.Of(900) with { StartedAt = Reports.Start - TimeSpan.FromHours(1), In = 9_000 });

        Only().ShouldBe(before);
    }

    [Theory]
    [InlineData(0, "Up")]
    [InlineData(4.4, "Up")]
    [InlineData(4.5, "Late")]
    [InlineData(10.4, "Late")]
    [InlineData(10.5, "Down")]
    [InlineData(600, "Down")]
    public void Instance_is_late_after_one_missed_report_and_down_after_three(double seconds, string state)
    {
        _figures.Take(Reports.Of(1));

        _time.Advance(TimeSpan.FromSeconds(seconds));

        (Only().State.ToString(), Only().IsStopped, Only().Load is null).ShouldBe((state, false, state == "Down"));
    }

    [Fact]
    public void Last_report_of_a_clean_stop_takes_the_instance_down_at_once()
    {
        _figures.Take(Reports.Of(1));
        _figures.Take(Reports.Of(2) with { IsLast = true });

        (Only().State, Only().IsStopped, Only().Load).ShouldBe((LiveState.Down, true, null));
        (Single().State, Single().InstancesUp, Single().Load.MemoryBytes).ShouldBe((LiveState.Down, 0, 0));
    }

    [Fact]
    public void Instance_whose_clock_was_set_back_is_known_again_once_its_former_life_is_down()
    {
        _figures.Take(Reports.Of(5));
        _time.Advance(ReportedInstance.DownAfter);

        _figures.Take(Reports.Of(1) with { StartedAt = Reports.Start - TimeSpan.FromHours(1) });

        Only().State.ShouldBe(LiveState.Up);
    }

    [Fact]
    public void Instance_is_forgotten_when_it_was_down_for_ten_minutes()
    {
        _figures.Take(Reports.Of(1));
        _figures.Take(Reports.Of(1, "tickets-2") with { IsLast = true });

        _time.Advance(LiveFigures.KeptDown + TimeSpan.FromSeconds(1));
        Only().Instance.ShouldBe("tickets-1"); // The other one was down for seven seconds longer.
        _time.Advance(ReportedInstance.DownAfter);

        _figures.Snapshot().Services.ShouldBeEmpty();
    }

    [Fact]
    public void Service_adds_up_what_its_instances_do_and_counts_none_that_is_down()
    {
        foreach (string instance in (string[])["tickets-1", "tickets-2", "tickets-3"])
        {
            _figures.Take(Reports.Of(1, instance));
            _figures.Take(Reports.Of(2, instance) with { CpuSeconds = 1, In = 4, Out = 6, IsLast = instance == "tickets-2" });
        }

        (Single().State, Single().InstancesUp, Single().Load).ShouldBe((LiveState.Up, 2, new LiveLoad(2_000, 1, 4, 6)));
        Single().Instances.Select(instance => instance.Instance).ShouldBe(["tickets-1", "tickets-2", "tickets-3"]);
    }

    [Fact]
    public void Backlog_of_a_service_is_the_one_that_was_read_last_and_stays_when_all_are_down()
    {
        _figures.Take(Reports.Of(1, "tickets-1") with { Backlog = new Backlog { Queue = 5, Outbox = 2, OutboxOldestSeconds = 1.5, DeadLetters = 1, ReadSecondsAgo = 1 } });
        _figures.Take(Reports.Of(1, "tickets-2") with { Backlog = new Backlog { Queue = 99, ReadSecondsAgo = 8 } });
        _figures.Take(Reports.Of(1, "tickets-3"));

        _time.Advance(ReportedInstance.DownAfter);

        (Single().State, Single().Backlog).ShouldBe((LiveState.Down, new LiveBacklog(5, null, 2, 1.5, 0, 1)));
        Single().BacklogAt.ShouldBe(Reports.Start - TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void More_instances_than_there_is_room_for_are_left_out_until_one_is_down()
    {
        for (int number = 0; number <= LiveFigures.InstancesMax; number++) _figures.Take(Reports.Of(1, $"tickets-{number:000}"));
        (_figures.Snapshot().IsFull, Single().Instances.Count, Single().Instances.Any(instance => instance.Instance == "tickets-200")).ShouldBe((true, LiveFigures.InstancesMax, false));

        _figures.Take(Reports.Of(2, "tickets-007") with { IsLast = true });
        _figures.Take(Reports.Of(1, "tickets-200"));

        (Single().Instances.Count, Single().InstancesUp).ShouldBe((LiveFigures.InstancesMax, LiveFigures.InstancesMax));
        Single().Instances.Select(instance => instance.Instance).ShouldNotContain("tickets-007");
    }

    [Fact]
    public void Whatever_comes_in_whatever_order_no_rate_is_negative_and_the_count_is_bounded()
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            ulong state = seed;
            int Next(int below) => (int)((state = (state * 6364136223846793005) + 1442695040888963407) >> 33) % below;
            for (int step = 0; step < 100; step++)
            {
                _figures.Take(Reports.Of(Next(10), $"tickets-{Next(300)}") with
                {
                    StartedAt = Reports.Start + TimeSpan.FromSeconds(Next(3)),
                    RunningSeconds = Next(5),
                    CpuSeconds = Next(9),
                    In = Next(9),
                    Out = Next(9),
                    IsLast = Next(5) == 0,
                });
                _time.Advance(TimeSpan.FromMilliseconds(Next(900)));
            }

            LiveInstance[] all = [.. _figures.Snapshot().Services.SelectMany(service => service.Instances)];
            all.Length.ShouldBeLessThanOrEqualTo(LiveFigures.InstancesMax, $"seed {seed}");
            all.Select(instance => instance.Load).OfType<LiveLoad>().ShouldAllBe(load => (load.Cpu ?? 0) >= 0 && (load.InPerSecond ?? 0) >= 0 && (load.OutPerSecond ?? 0) >= 0, $"seed {seed}");
        }
    }

    private LiveService Single() => _figures.Snapshot().Services.ShouldHaveSingleItem();

    private LiveInstance Only() => Single().Instances.ShouldHaveSingleItem();
}
