using Faultline.TestSupport;
using Restaurant.Orders.Calls;

namespace Restaurant.Tests.Orders;

public sealed class BreakerTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_dependency_that_keeps_failing_is_left_alone_for_a_moment_and_then_tried_once()
    {
        Breaker breaker = Opened();
        breaker.Enter().ShouldBeFalse();

        _time.Advance(Breaker.OpenFor);

        breaker.Enter().ShouldBeTrue();
        breaker.Enter().ShouldBeFalse();
        breaker.Leave(isWell: true);
        breaker.Enter().ShouldBeTrue();
        breaker.Enter().ShouldBeTrue();
    }

    [Fact]
    public void A_try_that_fails_leaves_it_alone_again()
    {
        Breaker breaker = Opened();
        _time.Advance(Breaker.OpenFor);
        breaker.Enter();

        breaker.Leave(isWell: false);

        breaker.Enter().ShouldBeFalse();
    }

    [Fact]
    public void A_try_that_is_given_up_says_nothing_and_the_next_one_may_try()
    {
        Breaker breaker = Opened();
        _time.Advance(Breaker.OpenFor);
        breaker.Enter();

        breaker.Leave(isWell: null);

        breaker.Enter().ShouldBeTrue();
        breaker.Enter().ShouldBeFalse();
    }

    [Fact]
    public void A_success_in_between_keeps_it_closed()
    {
        var breaker = new Breaker(_time);
        for (int call = 1; call < Breaker.FailuresMax * 3; call++) breaker.Leave(isWell: call % (Breaker.FailuresMax - 1) == 0);

        breaker.Enter().ShouldBeTrue();
    }

    [Fact]
    public async Task Who_waits_goes_on_when_the_moment_is_over_one_at_a_time()
    {
        Breaker breaker = Opened();
        Task[] waiting = [.. Enumerable.Range(0, 3).Select(_ => breaker.WaitToEnterAsync(TestContext.Current.CancellationToken))];
        waiting.ShouldAllBe(one => !one.IsCompleted);

        _time.Advance(Breaker.OpenFor);

        await Task.WhenAny(waiting).EndsAsync();
        waiting.Count(one => one.IsCompleted).ShouldBe(1);
        breaker.Leave(isWell: true);
        await Task.WhenAll(waiting).EndsAsync();
    }

    [Fact]
    public async Task Who_waits_goes_on_waiting_when_the_try_of_another_fails()
    {
        Breaker breaker = Opened();
        _time.Advance(Breaker.OpenFor);
        breaker.Enter().ShouldBeTrue();
        Task waiting = breaker.WaitToEnterAsync(TestContext.Current.CancellationToken);

        breaker.Leave(isWell: false);
        await Limits.UntilAsync(() => _time.TimersWaiting == 1, "it waits for the end of the moment");
        waiting.IsCompleted.ShouldBeFalse();
        _time.Advance(Breaker.OpenFor);

        await waiting.EndsAsync();
    }

    [Fact]
    public async Task Who_waits_can_give_up()
    {
        Breaker breaker = Opened();
        using var stop = new CancellationTokenSource();
        Task waiting = breaker.WaitToEnterAsync(stop.Token);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    private Breaker Opened()
    {
        var breaker = new Breaker(_time);
        for (int call = 0; call < Breaker.FailuresMax; call++)
        {
            breaker.Enter().ShouldBeTrue();
            breaker.Leave(isWell: false);
        }

        return breaker;
    }
}
