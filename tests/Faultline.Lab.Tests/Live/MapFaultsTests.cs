using Faultline.Lab.Live;
using Faultline.Protocol.Faults;

namespace Faultline.Lab.Tests.Live;

public sealed class MapFaultsTests
{
    public static TheoryData<TriggerSpec?, long, bool> Triggers => new()
    {
        { new TriggerSpec { Once = true }, 0, false },
        { new TriggerSpec { Once = true }, 1, true },
        { new TriggerSpec { Nth = 3 }, 0, false },
        { new TriggerSpec { Nth = 3 }, 1, true },
        { new TriggerSpec { First = 2 }, 1, false },
        { new TriggerSpec { First = 2 }, 2, true },
        { new TriggerSpec { Every = 2 }, 9, false },
        { null, 9, false },
    };

    [Theory, MemberData(nameof(Triggers))]
    public void A_fault_that_can_never_fire_again_is_not_set_any_more(TriggerSpec? trigger, long fired, bool isSpent)
    {
        var anomaly = new Anomaly
        {
            Id = Guid.Empty,
            Service = "demo/echo",
            Point = FaultPoints.TransactionCommitAfter.Name,
            Kind = "crash",
            Parameters = new AnomalyParameters(),
            Match = new MatchSpec(),
            Trigger = trigger,
            Seed = 0,
            CreatedBy = "test",
            CreatedAt = DateTimeOffset.UnixEpoch,
            Order = 1,
            Fired = fired,
        };

        MapFaults.IsSpent(anomaly).ShouldBe(isSpent);
    }
}
