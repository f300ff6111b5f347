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
    public void A_success_in_between_keeps_it_closed()
    {
        var breaker = new Breaker(_time);
        for (int call = 1; call < Breaker.FailuresMax * 3; call++) breaker.Leave(isWell: call % (Breaker.FailuresMax - 1) == 0);

        breaker.Enter().ShouldBeTrue();
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
