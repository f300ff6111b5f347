using Faultline.Proxy.Toxics;
using Faultline.TestSupport;
using Faultline.Triggers;

namespace Faultline.Proxy.Tests.Toxics;

/// <summary>Toxics without sockets and without waiting: the time is told to them.</summary>
public sealed class PipelineTests
{
    private static readonly TimeSpan Start = TimeSpan.Zero;

    [Fact]
    public void Latency_delays_each_chunk_from_its_own_arrival_so_the_rate_stays()
    {
        ToxicPipeline pipeline = With(Toxic("latency", ("latency", 100)));

        pipeline.Enter(Chunk.Copy([1]), Start);
        pipeline.Enter(Chunk.Copy([2]), At(60));

        Taken(pipeline, At(99)).ShouldBeEmpty();
        Taken(pipeline, At(100)).ShouldBe([1]);
        pipeline.NextDue.ShouldBe(At(160));
        Taken(pipeline, At(160)).ShouldBe([2]);
    }

    [Fact]
    public void Jitter_stays_within_its_bounds_and_never_swaps_chunks()
    {
        Toxic toxic = Toxic("latency", ("latency", 100), ("jitter", 50));
        var dues = new List<TimeSpan>();
        for (int connection = 0; connection < 200; connection++)
        {
            ToxicPipeline pipeline = With(toxic, connection);
            pipeline.Enter(Chunk.Copy([1]), Start);
            dues.Add(pipeline.NextDue);
            pipeline.Enter(Chunk.Copy([2]), Start);
            Taken(pipeline, At(150)).ShouldBe([1, 2]);
        }

        dues.Min().ShouldBeInRange(At(50), At(60));
        dues.Max().ShouldBeInRange(At(140), At(150));
    }

    [Fact]
    public void Bandwidth_passes_as_many_bytes_as_its_rate_allows()
    {
        ToxicPipeline pipeline = With(Toxic("bandwidth", ("rate", 100)));
        pipeline.Enter(Chunk.Copy(new byte[10_000]), Start);

        Taken(pipeline, At(19)).Length.ShouldBe(0);
        Taken(pipeline, At(20)).Length.ShouldBe(2000);
        Taken(pipeline, At(60)).Length.ShouldBe(4000);
        Taken(pipeline, At(100)).Length.ShouldBe(4000);
    }

    [Fact]
    public void A_full_stage_takes_nothing_more_until_something_has_left()
    {
        ToxicPipeline pipeline = With(Toxic("bandwidth", ("rate", 100)));
        while (pipeline.HasRoom) pipeline.Enter(Chunk.Copy(new byte[1000]), Start);

        Taken(pipeline, At(1000)).Length.ShouldBe(16_000 + 1000);
        pipeline.HasRoom.ShouldBeTrue();
    }

    [Fact]
    public void Slices_have_the_size_and_the_distance_that_was_asked_for()
    {
        ToxicPipeline pipeline = With(Toxic("slicer", ("average_size", 100), ("size_variation", 20), ("delay", 5000)));
        pipeline.Enter(Chunk.Copy(Sockets.Numbered(1000)), Start);

        var slices = new List<int>();
        var all = new List<byte>();
        for (int step = 0; all.Count < 1000; step++)
        {
            byte[] slice = Taken(pipeline, At(5 * step));
            slices.Add(slice.Length);
            all.AddRange(slice);
        }

        all.ShouldBe(Sockets.Numbered(1000));
        slices.SkipLast(1).ShouldAllBe(length => length >= 80 && length <= 120);
    }

    [Fact]
    public void Packet_loss_loses_its_share_and_correlation_makes_bursts()
    {
        (int lost, int bursts) = Losses(correlation: 0);
        (int lostInBursts, int longBursts) = Losses(correlation: 0.7);

        lost.ShouldBeInRange(1800, 2200);
        lostInBursts.ShouldBeGreaterThan(2 * lost);
        ((double)lostInBursts / longBursts).ShouldBeGreaterThan(3 * ((double)lost / bursts));
    }

    [Fact]
    public void Corruption_hits_the_same_bytes_however_the_stream_is_cut()
    {
        Toxic toxic = Toxic("corrupt", ("rate", 0.05));
        byte[] original = Sockets.Numbered(20_000);
        ToxicPipeline whole = With(toxic);
        whole.Enter(Chunk.Copy(original), Start);
        byte[] first = Taken(whole, Start);

        var second = new List<byte>();
        ToxicPipeline pieces = With(toxic);
        for (int start = 0; start < original.Length; start += 7)
        {
            pieces.Enter(Chunk.Copy(original.AsSpan(start, Math.Min(7, original.Length - start))), Start);
            second.AddRange(Taken(pieces, Start));
        }

        second.ShouldBe(first);
        first.Zip(original).Count(pair => pair.First != pair.Second).ShouldBeInRange(850, 1150);
    }

    [Fact]
    public void Limit_data_goes_on_counting_when_it_is_changed()
    {
        Toxic toxic = Toxic("limit_data", ("bytes", 100));
        ToxicChain chain = ToxicChain.Empty.With(toxic);
        var pipeline = new ToxicPipeline(StreamSide.Downstream, connection: 1);
        pipeline.Apply(chain, Start);
        pipeline.Enter(Chunk.Copy(new byte[60]), Start);

        pipeline.Apply(chain.Replace(toxic, toxic.Change(null, new Dictionary<string, double> { ["bytes"] = 80 }, null)), Start);
        pipeline.Enter(Chunk.Copy(new byte[60]), Start);

        Taken(pipeline, Start, out bool isClosed).Length.ShouldBe(80);
        isClosed.ShouldBeTrue();
    }

    [Fact]
    public void A_removed_toxic_lets_go_at_once_and_in_order_while_others_keep_what_they_hold()
    {
        Toxic first = Toxic("latency", ("latency", 100_000));
        Toxic second = Toxic("slow", "latency", ("latency", 100));
        ToxicChain chain = ToxicChain.Empty.With(first).With(second);
        var pipeline = new ToxicPipeline(StreamSide.Downstream, connection: 1);
        pipeline.Apply(chain, Start);
        pipeline.Enter(Chunk.Copy([1]), Start);
        pipeline.Enter(Chunk.Copy([2]), Start);

        pipeline.Apply(chain.Without(first), At(50));

        Taken(pipeline, At(149)).ShouldBeEmpty();
        Taken(pipeline, At(150)).ShouldBe([1, 2]);
        pipeline.IsPassThrough.ShouldBeFalse();
        pipeline.Apply(chain.Without(first).Without(second), At(150));
        pipeline.IsPassThrough.ShouldBeTrue();
    }

    [Fact]
    public void News_that_comes_late_does_not_bring_a_removed_toxic_back()
    {
        Toxic toxic = Toxic("latency", ("latency", 100));
        ToxicChain chain = ToxicChain.Empty.With(toxic);
        var pipeline = new ToxicPipeline(StreamSide.Downstream, connection: 1);

        pipeline.Apply(chain.Without(toxic), Start);
        pipeline.Apply(chain, Start);

        pipeline.IsPassThrough.ShouldBeTrue();
    }

    [Fact]
    public void Toxicity_hits_its_share_of_connections_and_the_same_ones_with_the_same_seed()
    {
        Toxic toxic = Read(new ToxicConfig { Type = "latency", Toxicity = 0.3 }, seed: 5);
        Toxic again = Read(new ToxicConfig { Type = "latency", Toxicity = 0.3 }, seed: 5);
        Toxic other = Read(new ToxicConfig { Type = "latency", Toxicity = 0.3 }, seed: 6);

        bool[] hits = [.. Enumerable.Range(0, 10_000).Select(number => toxic.Hits(number))];

        hits.Count(hit => hit).ShouldBeInRange(2800, 3200);
        Enumerable.Range(0, 10_000).Select(number => again.Hits(number)).ShouldBe(hits);
        Enumerable.Range(0, 10_000).Select(number => other.Hits(number)).ShouldNotBe(hits);
    }

    [Fact]
    public void Buffers_return_to_the_pool_when_a_stream_is_cleared()
    {
        ToxicPipeline pipeline = With(Toxic("latency", ("latency", 100)));
        pipeline.Enter(Chunk.Copy(new byte[100]), Start);

        pipeline.Clear();

        pipeline.TryTake(out _).ShouldBeFalse();
        pipeline.NextDue.ShouldBe(TimeSpan.MaxValue);
    }

    private static (int Lost, int Bursts) Losses(double correlation)
    {
        ToxicPipeline pipeline = With(Toxic("packet_loss", ("loss_rate", 0.2), ("correlation", correlation)));
        int lost = 0;
        int bursts = 0;
        bool wasLost = false;
        for (int chunk = 0; chunk < 10_000; chunk++)
        {
            pipeline.Enter(Chunk.Copy([1]), Start);
            bool isLost = Taken(pipeline, Start).Length == 0;
            if (isLost) lost++;
            if (isLost && !wasLost) bursts++;
            wasLost = isLost;
        }

        return (lost, bursts);
    }

    private static Toxic Toxic(string type, params (string Name, double Value)[] attributes) => Toxic(type, type, attributes);

    private static Toxic Toxic(string name, string type, params (string Name, double Value)[] attributes) =>
        Read(new ToxicConfig { Name = name, Type = type, Attributes = attributes.ToDictionary(each => each.Name, each => each.Value) }, seed: 1);

    private static Toxic Read(ToxicConfig config, ulong seed) => Proxy.Toxics.Toxic.Read(config, new Seed(seed), new ManualTime());

    private static ToxicPipeline With(Toxic toxic, long connection = 1)
    {
        var pipeline = new ToxicPipeline(StreamSide.Downstream, connection);
        pipeline.Apply(ToxicChain.Empty.With(toxic), Start);
        return pipeline;
    }

    private static TimeSpan At(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static byte[] Taken(ToxicPipeline pipeline, TimeSpan now) => Taken(pipeline, now, out _);

    private static byte[] Taken(ToxicPipeline pipeline, TimeSpan now, out bool isClosed)
    {
        var bytes = new List<byte>();
        isClosed = false;
        pipeline.Advance(now);
        while (pipeline.TryTake(out Piece piece))
        {
            bytes.AddRange(piece.Memory.Span);
            piece.Release();
            isClosed |= piece.Kind is PieceKind.Close;
            pipeline.Advance(now);
        }

        return [.. bytes];
    }
}
