using Faultline.Protocol.Faults;

namespace Faultline.Anomalies.Tests.Kinds;

public sealed class CorruptKindTests
{
    private static readonly FaultPoint Point = FaultPoints.ConsumeReceiveAfter;

    [Theory, InlineData("truncate"), InlineData("flip"), InlineData("garbage"), InlineData(null)]
    public async Task Result_always_differs_and_the_original_array_stays_as_it_was(string? mode)
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Point, FaultKinds.Corrupt, new AnomalyParameters { Mode = mode });
        for (int round = 0; round < 2_000; round++)
        {
            byte[] original = [.. Enumerable.Range(0, round % 5).Select(at => (byte)(round + at))];
            byte[] body = [.. original];

            Passage passage = await replica.PassAsync(Point, Replica.PassageOf(operation: $"{round}", body: body));

            passage.Body.Span.SequenceEqual(original).ShouldBeFalse();
            body.ShouldBe(original);
        }
    }

    [Theory, InlineData("truncate"), InlineData("flip"), InlineData("garbage")]
    public async Task Change_follows_from_the_seed_and_the_operation(string mode)
    {
        byte[] one = await ChangedAsync(mode, seed: 3, "op-1");

        (await ChangedAsync(mode, seed: 3, "op-1")).ShouldBe(one);
        (await ChangedAsync(mode, seed: 3, "op-2")).ShouldNotBe(one);
        (await ChangedAsync(mode, seed: 4, "op-1")).ShouldNotBe(one);
    }

    [Fact]
    public async Task Modes_do_what_their_names_say()
    {
        byte[] truncated = await ChangedAsync("truncate", seed: 5, "op");
        byte[] flipped = await ChangedAsync("flip", seed: 5, "op");
        byte[] garbage = await ChangedAsync("garbage", seed: 5, "op");

        truncated.ShouldBe(Body[..truncated.Length]);
        truncated.Length.ShouldBeLessThan(Body.Length);
        flipped.Zip(Body).Sum(pair => System.Numerics.BitOperations.PopCount((uint)(pair.First ^ pair.Second))).ShouldBe(1);
        garbage.Length.ShouldBe(Body.Length);
    }

    private static byte[] Body { get; } = [.. Enumerable.Range(0, 200).Select(at => (byte)at)];

    private static async Task<byte[]> ChangedAsync(string mode, ulong seed, string operation)
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Replica.AnomalyOf(Point, FaultKinds.Corrupt, new AnomalyParameters { Mode = mode }, seed: seed));
        return (await replica.PassAsync(Point, Replica.PassageOf(operation: operation, body: Body))).Body.ToArray();
    }
}
