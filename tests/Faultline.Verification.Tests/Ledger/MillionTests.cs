using System.Diagnostics;
using Faultline.Protocol.Histories;
using Faultline.Protocol.Ledger;
using Faultline.Verification.Checkers;
using Faultline.Verification.Histories;
using Faultline.Verification.Ledger;

namespace Faultline.Verification.Tests.Ledger;

/// <summary>
/// Many operations with three rows each, streamed through and judged. Memory is held to a bound per operation; time is printed and not asserted.
/// With FAULTLINE_LEDGER_OPERATIONS=1000000 it is the full size; the usual run is a tenth of it.
/// </summary>
public sealed class MillionTests(ITestOutputHelper output)
{
    private const long BytesOfOperationMax = 700;

    private static readonly int Operations = int.TryParse(Environment.GetEnvironmentVariable("FAULTLINE_LEDGER_OPERATIONS"), out int given) ? given : 100_000;
    private static readonly int Lost = Operations * 7 / 9;

    [Fact]
    public void Many_operations_are_judged_in_bounded_memory()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long started = Stopwatch.GetTimestamp();
        History history = History.Of(Enumerable.Range(0, Operations).Select(Operation));
        var builder = new LedgerBuilder();
        builder.Add(new Route(World.Orders, World.OrderPlaced, World.Kitchen));
        for (int number = 0; number < Operations; number++)
        {
            LedgerRow published = Row(number);
            builder.Add(published);
            if (number == Lost) continue; // The one that is lost.

            builder.Add(published with { Service = World.Kitchen, Fact = LedgerFact.Handled, Position = number + 1 });
            builder.Add(published with { Service = World.Kitchen, Fact = LedgerFact.Inbox, Position = 0 });
        }

        MessageLedger ledger = builder.Build();
        TimeSpan read = Stopwatch.GetElapsedTime(started);
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        var context = new CheckContext { History = history, Ledger = ledger };
        Finding[] findings = [.. new[] { "nothing-lost", "effects-once", "order-per-key", "no-orphans", "balance" }.Select(name => Judge.Run(new CheckerRegistry().Find(name)!, context))];
        output.WriteLine($"read {read.TotalSeconds:0.0} s, judged {(Stopwatch.GetElapsedTime(started) - read).TotalSeconds:0.0} s, held {bytes >> 20} MiB");

        findings[0].Violations.ShouldHaveSingleItem().Messages[0].ShouldBe(Id(Lost));
        findings.Select(finding => finding.Verdict).ShouldBe([Verdict.Failed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Failed]);
        LedgerTotals.Of(ledger, history).Done.ShouldBe(Operations - 1);
        (bytes / Operations).ShouldBeLessThan(BytesOfOperationMax);
    }

    private static OperationRecord Operation(int number) => new()
    {
        Index = number,
        Process = number % 16,
        Name = "order",
        OperationId = $"cell/{number:D7}",
        InvokedAt = World.Noon.AddTicks(number),
        EndedAt = World.Noon.AddTicks(number + 50_000),
        Outcome = Outcome.Ok,
    };

    private static LedgerRow Row(int number) => new()
    {
        Service = World.Orders,
        Fact = LedgerFact.Published,
        MessageId = Id(number),
        Type = World.OrderPlaced,
        Version = 1,
        Key = $"table-{number % 50_000}",
        OperationId = $"cell/{number:D7}",
        Position = number + 1,
        Instance = "orders-1",
        At = World.Noon.AddTicks(number),
    };

    private static Guid Id(int number) => new(number, 7, 7, [1, 2, 3, 4, 5, 6, 7, 8]);
}
