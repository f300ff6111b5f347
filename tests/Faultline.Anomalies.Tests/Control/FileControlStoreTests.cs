using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.TestSupport;

namespace Faultline.Anomalies.Tests.Control;

public sealed class FileControlStoreTests : IDisposable
{
    private static readonly FaultPoint Point = FaultPoints.ConsumeReceiveAfter;

    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-state-").FullName;

    private string File => Path.Combine(_folder, "anomalies.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_set_its_counters_and_firings_are_there_after_a_restart_and_once_stays_once()
    {
        Anomaly once;
        Anomaly gone;
        using (FileControlStore store = FileControlStore.Open(File))
        {
            using var replica = new Replica(store: store);
            gone = await replica.PlaceAsync(Point, FaultKinds.Duplicate);
            once = await replica.PlaceAsync(Point, FaultKinds.Drop, trigger: new TriggerSpec { Once = true });
            await replica.PassAsync(Point);
            await replica.Panel.RemoveAsync(gone.Id, CancellationToken.None);
            await replica.Panel.SwitchAsync(GuardNames.Inbox, on: false, CancellationToken.None);
        }

        using FileControlStore again = FileControlStore.Open(File);
        using var next = new Replica(store: again);
        await next.Panel.RefreshAsync(CancellationToken.None);

        Anomaly there = (await next.Panel.ListAsync(CancellationToken.None)).ShouldHaveSingleItem();
        (there.Id, there.Matched, there.Fired, there.Order).ShouldBe((once.Id, 1, 1, once.Order));
        (await next.FiringsAsync()).Select(firing => firing.AnomalyId).ShouldBe([gone.Id, once.Id]);
        (next.Points.IsArmed(Point), next.Panel.IsOn(GuardNames.Inbox)).ShouldBe((false, false));
        await next.PlaceAsync(Point, FaultKinds.Duplicate);
        (await next.PassAsync(Point)).Copies.ShouldBe(1);
        (await next.FiringsAsync()).Select(firing => firing.Id).ShouldBe([1, 2, 3]);
        await next.Panel.ClearAsync(CancellationToken.None);
        (await again.LoadAsync(-1, CancellationToken.None))!.Anomalies.ShouldBeEmpty();
    }

    [Fact]
    public async Task Firing_is_in_the_file_before_the_fault_acts()
    {
        string[] lines = [];
        using FileControlStore store = FileControlStore.Open(File);
        using var replica = new Replica(store: store, crash: () => lines = System.IO.File.ReadAllLines(File));
        await replica.PlaceAsync(Point, FaultKinds.Crash);

        await replica.PassAsync(Point);

        lines[^1].ShouldContain("\"firings\":[{\"id\":1");
    }

    [Fact]
    public async Task Line_that_was_cut_off_by_a_crash_is_left_out()
    {
        using (FileControlStore store = FileControlStore.Open(File)) await store.AddAsync(Replica.AnomalyOf(Point, FaultKinds.Drop), CancellationToken.None);
        await System.IO.File.AppendAllTextAsync(File, "{\"cleared\":tr", TestContext.Current.CancellationToken);

        using FileControlStore again = FileControlStore.Open(File);
        await again.AddAsync(Replica.AnomalyOf(Point, FaultKinds.Drop), CancellationToken.None);

        (await again.LoadAsync(-1, CancellationToken.None))!.Anomalies.Length.ShouldBe(2);
        (await System.IO.File.ReadAllLinesAsync(File, TestContext.Current.CancellationToken)).Length.ShouldBe(2);
    }

    [Fact]
    public void File_of_somebody_else_is_left_alone_and_told()
    {
        System.IO.File.WriteAllText(File, "not ours\n");

        Should.Throw<InvalidDataException>(() => FileControlStore.Open(File)).Message.ShouldContain("line 1 cannot be read");

        System.IO.File.ReadAllText(File).ShouldBe("not ours\n");
    }

    [Fact]
    public void File_belongs_to_one_process_at_a_time()
    {
        using FileControlStore store = FileControlStore.Open(File);

        Should.Throw<IOException>(() => FileControlStore.Open(File));
    }

    [Fact]
    public async Task File_does_not_grow_without_end_and_only_the_newest_firings_are_kept()
    {
        using (FileControlStore store = FileControlStore.Open(File))
        {
            using var replica = new Replica(store: store);
            await replica.PlaceAsync(Point, FaultKinds.Duplicate);
            await replica.Points.PassAsync(Point, [.. Enumerable.Range(0, MemoryControlStore.FiringsKept).Select(_ => Replica.PassageOf())], CancellationToken.None);
            await replica.PassAsync(Point);
        }

        using FileControlStore again = FileControlStore.Open(File);

        Firing first = (await again.ListFiringsAsync(0, 1, CancellationToken.None)).ShouldHaveSingleItem();
        Firing last = (await again.ListFiringsAsync(MemoryControlStore.FiringsKept, 10, CancellationToken.None)).ShouldHaveSingleItem();
        (first.Id, last.Id).ShouldBe((2, MemoryControlStore.FiringsKept + 1));
        System.IO.File.ReadAllLines(File).Length.ShouldBe((MemoryControlStore.FiringsKept / 100) + 1); // Written anew at the start: a hundred firings a line, and the anomaly.
    }
}
