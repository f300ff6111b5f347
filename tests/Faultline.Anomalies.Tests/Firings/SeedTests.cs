using Faultline.Protocol.Faults;

namespace Faultline.Anomalies.Tests.Firings;

public sealed class SeedTests
{
    private static readonly FaultPoint Point = FaultPoints.ConsumeReceiveAfter;

    [Fact]
    public async Task Equal_seeds_give_equal_firings_and_different_ones_do_not()
    {
        string[] one = await HitAsync(seed: 42, Operations());

        one.Length.ShouldBeInRange(60, 140);
        (await HitAsync(seed: 42, Operations())).ShouldBe(one);
        (await HitAsync(seed: 43, Operations())).ShouldNotBe(one);
    }

    [Fact]
    public async Task Choice_depends_neither_on_the_order_of_arrival_nor_on_who_asks()
    {
        string[] forward = await HitAsync(seed: 42, Operations());
        string[] backward = await HitAsync(seed: 42, Operations().Reverse());
        string[] elsewhere = await HitAsync(seed: 42, Operations(), instance: "orders-9");

        backward.Order().ShouldBe(forward.Order());
        elsewhere.ShouldBe(forward);
    }

    [Fact]
    public async Task Choice_does_not_depend_on_the_name_of_the_run()
    {
        string[] first = await HitAsync(seed: 42, Operations());

        (await HitAsync(seed: 42, Operations().Select(operation => $"run2~{operation}"))).ShouldBe(first.Select(operation => $"run2~{operation}"));
    }

    [Fact]
    public async Task Retry_and_other_message_types_draw_anew()
    {
        string[] first = await HitAsync(seed: 42, Operations());

        (await HitAsync(seed: 42, Operations(), attempt: 2)).ShouldNotBe(first);
        (await HitAsync(seed: 42, Operations(), type: "order-paid")).ShouldNotBe(first);
    }

    [Fact]
    public async Task What_was_hit_and_comes_again_draws_anew_whatever_attempt_it_says_it_is()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Replica.AnomalyOf(Point, FaultKinds.Drop, trigger: new TriggerSpec { Probability = 0.5 }));

        foreach (string operation in Operations())
        {
            int hits = 0;
            while ((await replica.PassAsync(Point, Replica.PassageOf(operation: operation))).Fate == PassageFate.Lost) (++hits).ShouldBeLessThan(30);
        }
    }

    [Fact]
    public async Task Requests_without_operation_and_id_are_not_all_or_nothing()
    {
        using var replica = new Replica();
        Anomaly anomaly = await replica.PlaceAsync(FaultPoints.HttpSendBefore, FaultKinds.Drop, trigger: new TriggerSpec { Probability = 0.5 });

        for (int request = 0; request < 200; request++) await replica.PassAsync(FaultPoints.HttpSendBefore, new Passage { Method = "GET", Path = "/menu" });

        (await replica.CountersAsync(anomaly.Id)).Fired.ShouldBeInRange(60, 140);
        (await replica.FiringsAsync())[0].MessageType.ShouldBe("GET /menu");
    }

    private static IEnumerable<string> Operations() => Enumerable.Range(0, 200).Select(operation => $"op-{operation}");

    private static async Task<string[]> HitAsync(ulong seed, IEnumerable<string> operations, string instance = "orders-1", int attempt = 1, string type = "order-placed")
    {
        using var replica = new Replica(instance);
        await replica.PlaceAsync(Replica.AnomalyOf(Point, FaultKinds.Drop, trigger: new TriggerSpec { Probability = 0.5 }, seed: seed));
        foreach (string operation in operations) await replica.PassAsync(Point, Replica.PassageOf(type, operation: operation, attempt: attempt));
        return [.. (await replica.FiringsAsync()).Select(firing => firing.OperationId!)];
    }
}
