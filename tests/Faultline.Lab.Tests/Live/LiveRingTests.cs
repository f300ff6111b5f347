using System.Globalization;
using Faultline.Lab.Control;
using Faultline.Lab.Live;

namespace Faultline.Lab.Tests.Live;

public sealed class LiveRingTests
{
    [Fact]
    public void Who_missed_several_changes_gets_one_with_the_last_state_of_each_thing()
    {
        var ring = new LiveRing();
        ring.Add(Delta(1, node: Node("a", outbox: 1)));
        ring.Add(Delta(2, node: Node("a", outbox: 2)));
        ring.Add(Delta(3, node: Node("b", outbox: 9)));

        ring.TrySince(1, last: 3, out MapDelta? delta).ShouldBeTrue();

        delta!.Sequence.ShouldBe(3);
        delta.Nodes!.Select(node => (node.Id, node.Outbox)).ShouldBe([("a", 2L), ("b", 9L)]);
    }

    [Fact]
    public void What_went_and_came_back_is_there_and_what_only_went_is_gone()
    {
        var ring = new LiveRing();
        ring.Add(Delta(1, node: Node("a", outbox: 1)) with { Gone = ["c"] });
        ring.Add(Delta(2, node: null) with { Gone = ["a"] });
        ring.Add(Delta(3, node: Node("c", outbox: 5)));

        ring.TrySince(0, last: 3, out MapDelta? delta).ShouldBeTrue();

        delta!.Nodes!.Select(node => node.Id).ShouldBe(["c"]);
        delta.Gone!.ShouldBe(["a"]);
    }

    [Fact]
    public void Who_is_up_to_date_gets_nothing_and_who_was_away_too_long_must_begin_anew()
    {
        var ring = new LiveRing();
        for (int number = 1; number <= LiveRing.DeltasMax + 10; number++) ring.Add(Delta(number, Node("a", number)));
        long last = LiveRing.DeltasMax + 10;

        ring.TrySince(last, last, out MapDelta? none).ShouldBeTrue();
        none.ShouldBeNull();
        ring.TrySince(10, last, out MapDelta? all).ShouldBeTrue();
        all!.Nodes!.Count.ShouldBe(1);
        ring.TrySince(9, last, out _).ShouldBeFalse();
        ring.TrySince(last + 1, last, out _).ShouldBeFalse("a number that never was is of another lab");
    }

    [Fact]
    public void Firings_add_up_and_stay_bounded()
    {
        MapDelta joined = Enumerable.Range(1, 200).Select(number => Delta(number, node: null) with { Fired = [Fired(number)] }).Aggregate(LiveRing.Join);

        joined.Fired!.Count.ShouldBe(50);
        joined.Fired[^1].Id.ShouldBe("200");
    }

    [Fact]
    public void Only_what_has_changed_is_told()
    {
        var diff = new MapDiff();
        MapView first = View(1, Node("a", 1), Node("b", 1));

        diff.Next(first, [], endedRun: null)!.Nodes!.Count.ShouldBe(2);
        diff.Next(View(2, Node("a", 1), Node("b", 1)), [], endedRun: null).ShouldBeNull();
        MapDelta changed = diff.Next(View(2, Node("a", 1), Node("b", 2)), [], endedRun: null)!;
        changed.Nodes!.Select(node => node.Id).ShouldBe(["b"]);
        (changed.Faults, changed.Phase, changed.Systems).ShouldBe((null, null, null));
        diff.Next(View(3, Node("a", 1)), [], endedRun: null)!.Gone!.ShouldBe(["b"]);
    }

    private static MapView View(long sequence, params MapNode[] nodes) => new()
    {
        Sequence = sequence,
        At = DateTimeOffset.UnixEpoch.AddSeconds(sequence),
        Phase = LabPhase.Running,
        Systems = ["demo"],
        Nodes = nodes,
        Edges = [],
        Faults = [],
        Fired = [],
    };

    private static MapDelta Delta(long sequence, MapNode? node) => new() { Sequence = sequence, At = DateTimeOffset.UnixEpoch, Nodes = node is null ? null : [node] };

    private static MapNode Node(string id, long outbox) => new() { Id = id, System = "demo", Kind = NodeKind.Service, Name = id, Health = NodeHealth.Healthy, Outbox = outbox };

    private static FiredFault Fired(int number) => new()
    {
        Id = number.ToString(CultureInfo.InvariantCulture),
        At = DateTimeOffset.UnixEpoch,
        FaultId = "x",
        Layer = FaultLayer.Anomaly,
        Kind = "delay",
        Says = "it waits",
    };
}
