using Faultline.Protocol.Faults;
using Faultline.TestSupport;

namespace Faultline.Anomalies.Tests.Kinds;

/// <summary>Every kind at every point where it makes sense.</summary>
public sealed class EveryKindTests
{
    public static TheoryData<string, string> Sensible { get; } =
        new(FaultTable.All.Where(cell => cell.Effect != FaultEffect.Refused).Select(cell => (cell.Kind, cell.Point.Name)));

    [Theory, MemberData(nameof(Sensible))]
    public async Task Kind_fires_at_its_point_does_what_it_says_is_counted_and_is_gone_after_removal(string kind, string pointName)
    {
        FaultPoint point = FaultPoints.Find(pointName)!;
        bool hasCrashed = false;
        using var replica = new Replica(crash: () => hasCrashed = true);
        Anomaly anomaly = await replica.PlaceAsync(point, kind);
        Passage passage = Replica.PassageOf();

        Exception? thrown = null;
        Task passing = replica.Points.PassAsync(point, passage, CancellationToken.None).AsTask();
        bool hasWaited = !passing.IsCompleted;
        if (kind == FaultKinds.Hang) await replica.Panel.RemoveAsync(anomaly.Id, CancellationToken.None);
        else replica.Time.Advance(TimeSpan.FromSeconds(5));
        try
        {
            await passing.EndsAsync();
        }
        catch (FaultException error)
        {
            thrown = error;
        }

        (hasWaited, thrown is not null, hasCrashed, passage.Fate, passage.Copies, passage.Storm, HasChanged(passage)).ShouldBe(kind switch
        {
            FaultKinds.Delay or FaultKinds.Hang or FaultKinds.Reorder => (true, false, false, PassageFate.Go, 0, 0, false),
            FaultKinds.Exception => (false, true, false, PassageFate.Go, 0, 0, false),
            FaultKinds.Crash => (false, false, true, PassageFate.Go, 0, 0, false),
            FaultKinds.Drop => (false, false, false, PassageFate.Lost, 0, 0, false),
            FaultKinds.Swallow => (false, false, false, PassageFate.ReportedDone, 0, 0, false),
            FaultKinds.Duplicate => (false, false, false, PassageFate.Go, 1, 0, false),
            FaultKinds.Corrupt => (false, false, false, PassageFate.Go, 0, 0, true),
            FaultKinds.Storm => (false, false, false, PassageFate.Go, 0, 10, false),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a new kind needs its row here"),
        });

        if (kind != FaultKinds.Hang) (await replica.CountersAsync(anomaly.Id)).ShouldSatisfyAllConditions(now => now.Matched.ShouldBe(1), now => now.Fired.ShouldBe(1));
        Firing firing = (await replica.FiringsAsync()).ShouldHaveSingleItem();
        (firing.AnomalyId, firing.Point, firing.Kind, firing.MessageId, firing.Instance).ShouldBe((anomaly.Id, pointName, kind, passage.MessageId, "orders-1"));

        await replica.Panel.ClearAsync(CancellationToken.None);
        replica.Points.IsArmed(point).ShouldBeFalse();
        (await replica.PassAsync(point)).Fate.ShouldBe(PassageFate.Go);
        (await replica.FiringsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public void Every_kind_of_the_vocabulary_has_one_row_and_no_other_has() => FaultKindTable.Descriptions.Select(kind => kind.Name).ShouldBe(FaultKinds.All);

    private static bool HasChanged(Passage passage) => !passage.Body.Span.SequenceEqual(new byte[] { 1, 2, 3, 4 });
}
