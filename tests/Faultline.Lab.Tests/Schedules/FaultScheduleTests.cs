using Faultline.Lab.Experiments;
using Faultline.Lab.Schedules;
using Faultline.Lab.Tests.Support;
using Faultline.Triggers;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Tests.Schedules;

/// <summary>Servers obey slowly on a busy machine; the end of a load must not overtake what they are doing.</summary>
public sealed class FaultScheduleTests
{
    private static readonly Progress Now = new(TimeSpan.Zero, 45, []);

    private readonly TaskCompletionSource _obeyed = new();

    [Fact]
    public async Task A_step_returns_only_after_what_another_is_placing_and_what_is_due_after_it()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        var first = new SlowFault("first", _obeyed.Task);
        var second = new SlowFault("second", Task.CompletedTask);
        var schedule = new FaultSchedule([first, second]);

        Task placing = schedule.StepAsync(Now, stop);
        Task atTheEnd = schedule.StepAsync(Now, stop);

        schedule.HasActed.ShouldBeFalse("nothing has happened yet");
        atTheEnd.IsCompleted.ShouldBeFalse("the first is still being placed");
        _obeyed.SetResult();
        await atTheEnd.WaitAsync(Limits.Hang, stop);
        await placing.WaitAsync(Limits.Hang, stop);
        (first.Placed, second.Placed).ShouldBe((1, 1));
        schedule.HasActed.ShouldBeTrue();
    }

    private sealed class SlowFault(string name, Task obeyed) : ScheduledFault(
        new DisruptionFault { Name = name, Target = "broker", Verb = DisruptionVerbs.TerminateSessions, From = Moment.AfterOperations(15) },
        new FaultSite("cell", null, null!, Shared: false, new Seed(1), TimeProvider.System))
    {
        public int Placed { get; private set; }

        public override bool HasFired => Placed > 0;

        protected override async Task PlaceAsync(CancellationToken stop)
        {
            await obeyed.WaitAsync(stop);
            Placed++;
        }

        protected override Task RemoveAsync(CancellationToken stop) => Task.CompletedTask;

        protected override FaultRun Fill(FaultRun run) => run with { Executed = Placed };
    }
}
