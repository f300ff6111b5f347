using System.Threading.Channels;
using Faultline.Hosting.Figures;
using Faultline.Messaging.Running;
using Faultline.Messaging.Transport;
using Faultline.Protocol.Services;
using Faultline.TestSupport;

namespace Faultline.Hosting.Tests.Figures;

public sealed class FiguresReporterTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly MessageTotals _totals = new();
    private readonly ToldLog<FiguresReporter> _log = new();
    private readonly Channel<InstanceFigures> _sent = Channel.CreateUnbounded<InstanceFigures>();
    private readonly FiguresReporter _reporter;
    private Func<CancellationToken, Task<MessagingState>> _read = _ => Task.FromResult(new MessagingState { Service = "shop/orders", Outbox = 3, OutboxOldestSeconds = 1.5, Queue = 2, Parked = 1, DeadLetters = 4 });
    private Func<InstanceFigures, CancellationToken, Task> _send;

    public FiguresReporterTests()
    {
        _send = (report, stop) => _sent.Writer.WriteAsync(report, stop).AsTask();
        var source = new FiguresSource(new MessagingOptions { Service = "shop/orders", Instance = "orders-1" }, _totals, new BacklogWatch(stop => _read(stop), _time, _log), _time);
        _reporter = new FiguresReporter(source, (report, stop) => _send(report, stop), _time, _log);
    }

    public void Dispose()
    {
        _reporter.Dispose();
        _totals.Dispose();
    }

    [Fact]
    public async Task Instance_reports_at_once_and_then_every_interval()
    {
        await _reporter.StartAsync(TestContext.Current.CancellationToken);

        InstanceFigures first = await NextAsync();
        InstanceFigures second = await AfterIntervalAsync();

        (first.Service, first.Instance, first.Number, first.RunningSeconds, first.IsLast).ShouldBe(("shop/orders", "orders-1", 1, 0, false));
        (second.Number, second.RunningSeconds, second.StartedAt).ShouldBe((2, InstanceFigures.Interval.TotalSeconds, first.StartedAt));
        first.Backlog.ShouldBe(new Backlog { Queue = 2, Outbox = 3, OutboxOldestSeconds = 1.5, Parked = 1, DeadLetters = 4 });
        (first.CpuSeconds > 0, second.CpuSeconds >= first.CpuSeconds, first.WorkingSetBytes > 1_000_000).ShouldBe((true, true, true));
    }

    [Fact]
    public async Task Report_is_left_out_while_the_last_one_is_under_way()
    {
        var slow = new TaskCompletionSource();
        await _reporter.StartAsync(TestContext.Current.CancellationToken);
        await NextAsync();
        int begun = 0;
        _send = async (report, stop) =>
        {
            Interlocked.Increment(ref begun);
            await slow.Task.WaitAsync(stop);
            await _sent.Writer.WriteAsync(report, stop);
        };
        await WaitsAsync();
        _time.Advance(InstanceFigures.Interval);
        await Limits.UntilAsync(() => Volatile.Read(ref begun) == 1, "the second report is under way");

        _time.Advance(InstanceFigures.Interval * 3);
        Volatile.Read(ref begun).ShouldBe(1);
        slow.SetResult();

        (await NextAsync()).Number.ShouldBe(2);
        (await NextAsync()).Number.ShouldBe(3); // One for all the times that passed.
        Volatile.Read(ref begun).ShouldBe(2);
    }

    [Fact]
    public async Task Outage_of_the_broker_is_told_once_with_its_end_and_reports_go_on()
    {
        Func<InstanceFigures, CancellationToken, Task> works = _send;
        int failed = 0;
        _send = (_, _) =>
        {
            Interlocked.Increment(ref failed);
            throw new TransportException("broadcasting: nobody answers");
        };
        await _reporter.StartAsync(TestContext.Current.CancellationToken);
        for (int number = 1; number <= 3; number++)
        {
            await Limits.UntilAsync(() => Volatile.Read(ref failed) == number, "a report fails");
            await WaitsAsync();
            if (number == 3) _send = works;
            _time.Advance(InstanceFigures.Interval);
        }

        (await NextAsync()).Number.ShouldBe(4);

        await Limits.UntilAsync(() => _log.Lines.Count == 2, "the end of the outage is told");
        _log.Lines.ShouldBe(["3101 The figures of this instance cannot be reported, and are dropped until they can: broadcasting: nobody answers", "3102 The figures of this instance are reported again"]);
        _reporter.ExecuteTask!.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Database_that_does_not_answer_holds_no_report_up_and_what_was_known_keeps_its_age()
    {
        await _reporter.StartAsync(TestContext.Current.CancellationToken);
        await NextAsync();
        int given = 0;
        _read = async stop =>
        {
            Interlocked.Increment(ref given);
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, stop);
            throw new InvalidOperationException("unreachable");
        };

        InstanceFigures second = await AfterIntervalAsync();
        (second.Number, second.Backlog!.Outbox, second.Backlog.ReadSecondsAgo).ShouldBe((2, 3, InstanceFigures.Interval.TotalSeconds));
        for (TimeSpan passed = TimeSpan.Zero; passed < BacklogWatch.ReadLimit; passed += InstanceFigures.Interval)
        {
            _time.Advance(InstanceFigures.Interval);
            await NextAsync();
        }

        await Limits.UntilAsync(() => _log.Lines.Count > 0, "the outage is told");
        _log.Lines.ShouldHaveSingleItem().ShouldStartWith("3103 What waits for this service cannot be read, and is reported as it was before: no answer within 8 s");
        Volatile.Read(ref given).ShouldBe(1);
    }

    [Fact]
    public async Task Instance_that_is_stopped_says_so_last_even_in_the_middle_of_a_report()
    {
        await _reporter.StartAsync(TestContext.Current.CancellationToken);
        await NextAsync();
        var underWay = new TaskCompletionSource();
        _send = async (report, stop) =>
        {
            if (!report.IsLast)
            {
                underWay.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, stop);
            }

            await _sent.Writer.WriteAsync(report, stop);
        };
        await WaitsAsync();
        _time.Advance(InstanceFigures.Interval);
        await underWay.Task.EndsAsync();

        await _reporter.StopAsync(TestContext.Current.CancellationToken).EndsAsync();

        InstanceFigures last = await NextAsync();
        (last.IsLast, last.Number, last.Backlog!.Outbox).ShouldBe((true, 3, 3));
        _sent.Reader.TryRead(out _).ShouldBeFalse();
        _reporter.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task Last_report_that_cannot_be_sent_ends_nothing_else()
    {
        await _reporter.StartAsync(TestContext.Current.CancellationToken);
        await NextAsync();
        await WaitsAsync();
        _send = (_, _) => throw new TransportException("the broker is gone");

        await _reporter.StopAsync(TestContext.Current.CancellationToken).EndsAsync();

        _reporter.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
        _log.Lines.ShouldHaveSingleItem().ShouldStartWith("3101");
    }

    private async Task<InstanceFigures> AfterIntervalAsync()
    {
        await WaitsAsync();
        _time.Advance(InstanceFigures.Interval);
        return await NextAsync();
    }

    private Task WaitsAsync() => Limits.UntilAsync(() => _time.TimersWaiting == 1, "only the next report is waited for");

    private async Task<InstanceFigures> NextAsync() => await _sent.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
}
