using Faultline.Lab.Experiments;
using Faultline.Lab.Control;

namespace Faultline.Lab.Tests.Control;

public sealed class LabEndTests
{
    [Fact]
    public async Task The_end_of_a_lab_cancels_its_run_after_the_rollbacks_and_accepts_no_other()
    {
        var lab = new RunLab();
        await lab.InitializeAsync();
        LabRun run;
        try
        {
            string id = await lab.StartAsync(new { battery = "demo/endless" });
            run = lab.Plane.Runs.Find(id)!;
        }
        finally
        {
            await lab.DisposeAsync();
        }

        RunView end = run.View();
        (end.State, end.Failure, run.Over.IsCompleted).ShouldBe((RunState.Cancelled, null, true));
        RunPlan plan = run.Plan;
        (await lab.Plane.Runs.StartAsync(plan, TestContext.Current.CancellationToken)).Refusal!.Kind.ShouldBe(RunRefusalKind.NotReady);
    }
}
