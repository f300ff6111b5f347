using System.Text;
using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Verification.Histories;

namespace Faultline.Verification.Tests.Histories;

public sealed class HistoryTests
{
    [Fact]
    public void What_was_written_is_read_back_with_its_endings()
    {
        OperationRecord begun = Begun(0);
        using var file = new MemoryStream();
        var writer = new HistoryWriter(file);
        writer.Invoked(begun);
        writer.Invoked(Begun(1));
        writer.Ended(begun with { Outcome = Outcome.Unknown, EndedAt = World.Noon.AddSeconds(1), Error = "timeout", Attempts = 3, Subject = "order 7" });

        List<OperationRecord> read = Read(file.ToArray(), out bool wasCut);

        wasCut.ShouldBeFalse();
        read.Count.ShouldBe(2);
        read[0].Outcome.ShouldBe(Outcome.Unknown);
        read[0].Attempts.ShouldBe(3);
        read[0].Error.ShouldBe("timeout");
        read[0].Subject.ShouldBe("order 7");
        read[0].Arguments!.Value.GetProperty("meal").GetString().ShouldBe("soup");
        read[1].Outcome.ShouldBe(Outcome.Open);
    }

    [Fact]
    public void Invocation_is_on_disk_before_the_operation_ends()
    {
        using var file = new MemoryStream();
        var writer = new HistoryWriter(file);

        writer.Invoked(Begun(0));

        Read(file.ToArray(), out _).ShouldHaveSingleItem().Outcome.ShouldBe(Outcome.Open);
    }

    [Fact]
    public void History_cut_at_any_byte_is_read_up_to_its_last_whole_line()
    {
        using var file = new MemoryStream();
        var writer = new HistoryWriter(file);
        for (int index = 0; index < 5; index++)
        {
            writer.Invoked(Begun(index));
            writer.Ended(Begun(index) with { Outcome = Outcome.Ok, EndedAt = World.Noon, Reply = JsonDocument.Parse("\"ü\"").RootElement });
        }

        byte[] whole = file.ToArray();

        for (int length = 0; length <= whole.Length; length++)
        {
            int lines = whole.AsSpan(0, length).Count((byte)'\n');
            int invoked = Read(whole[..length], out _).Count;
            // A line that lacks only its line feed is whole.
            invoked.ShouldBeInRange((lines + 1) / 2, (lines + 2) / 2);
        }
    }

    [Theory]
    [InlineData("{\"event\":\"ended\",\"index\":7,\"at\":\"2026-05-04T12:00:00Z\"}", "line 1", "ends operation 7, which is not open")]
    [InlineData("{\"event\":\"began\",\"index\":7,\"at\":\"2026-05-04T12:00:00Z\"}", "line 1", "event 'began'")]
    [InlineData("{broken\n{\"event\":\"invoked\",\"index\":0,\"at\":\"2026-05-04T12:00:00Z\"}", "line 1", "is broken")]
    [InlineData("{\"event\":\"invoked\",\"index\":0,\"at\":\"2026-05-04T12:00:00Z\"}", "line 1", "without a name")]
    public void Broken_line_is_named_by_its_number(string text, string line, string what)
    {
        HistoryFormatException error = Should.Throw<HistoryFormatException>(() => Read(Encoding.UTF8.GetBytes(text), out _));

        error.Message.ShouldContain(line);
        error.Message.ShouldContain(what);
    }

    [Fact]
    public void Ending_must_be_an_ending() => Should.Throw<ArgumentException>(() => new HistoryWriter(new MemoryStream()).Ended(Begun(0)));

    [Theory]
    [InlineData(false, true, false, Outcome.Failed)]
    [InlineData(false, false, true, Outcome.Failed)]
    [InlineData(false, false, false, Outcome.Unknown)]
    [InlineData(true, false, false, Outcome.Failed)]
    public void Operation_without_an_answer_failed_only_if_it_certainly_did_nothing(bool changesNothing, bool beforeSend, bool definite, Outcome expected) =>
        Endings.Classify(changesNothing, new Failure(beforeSend, definite)).ShouldBe(expected);

    [Theory]
    [InlineData(200, Outcome.Ok)]
    [InlineData(202, Outcome.Ok)]
    [InlineData(399, Outcome.Ok)]
    [InlineData(400, Outcome.Failed)]
    [InlineData(408, Outcome.Unknown)]
    [InlineData(409, Outcome.Failed)]
    [InlineData(499, Outcome.Failed)]
    [InlineData(500, Outcome.Unknown)]
    [InlineData(503, Outcome.Unknown)]
    public void Status_of_a_write_settles_its_outcome_only_where_it_is_definite(int status, Outcome expected) => Endings.OfStatus(changesNothing: false, status).ShouldBe(expected);

    [Fact]
    public void Part_of_a_cell_holds_its_operations_only()
    {
        World world = World.Clean(3, cell: "a");
        world.Order("ab/000001", key: "k");

        world.History().Only("a/").Count.ShouldBe(3);
        world.History().Only("ab/").Count.ShouldBe(1);
    }

    private static OperationRecord Begun(long index) => new()
    {
        Index = index,
        Process = 2,
        Name = "order",
        OperationId = $"cell/{index}",
        InvokedAt = World.Noon,
        Outcome = Outcome.Open,
        Phase = "load",
        Arguments = JsonDocument.Parse("{\"meal\":\"soup\"}").RootElement,
    };

    private static List<OperationRecord> Read(byte[] bytes, out bool wasCut)
    {
        var reader = new HistoryReader();
        List<OperationRecord> read = [.. reader.Read(new MemoryStream(bytes))];
        wasCut = reader.WasCut;
        return read;
    }
}
