using System.Text.Json;

namespace Faultline.EndToEnd;

public sealed class RunOnLabTests
{
    [Fact]
    public async Task Experiments_on_a_lab_that_is_up_pass_again_and_again_and_leave_it_running_and_clean()
    {
        await using Lab lab = await Lab.StartAsync();
        IReadOnlyList<int> before = await lab.PidsAsync();

        for (int turn = 0; turn < 2; turn++)
        {
            CommandRun run = await lab.RunAsync("run", "ticketflow/intake", "--only", "baseline", "--seed", "1", "--json");

            run.ExitCode.ShouldBe(0, run.Error);
            run.Error.ShouldContain("1 experiment, seed 1. To repeat: faultline run ticketflow/intake --only baseline --seed 1");
            JsonElement outcome = JsonDocument.Parse(run.Output).RootElement;
            outcome.GetProperty("verdict").GetString().ShouldBe("passed");
            File.Exists(Path.Combine(outcome.GetProperty("folder").GetString()!, "report.html")).ShouldBeTrue();
            await IsCleanAsync(lab);
        }

        (await lab.PidsAsync()).ShouldBe(before, "the system that fits is used as it runs");
        JsonElement runs = await lab.GetAsync("/api/runs");
        runs.EnumerateArray().Select(run => run.GetProperty("state").GetString()).ShouldBe(["done", "done"]);

        CommandRun wrong = await lab.RunAsync("run", "ticketflow/nosuch");
        wrong.ExitCode.ShouldBe(2);
        wrong.Error.ShouldContain("There is no battery 'ticketflow/nosuch'");
    }

    private static async Task IsCleanAsync(Lab lab)
    {
        (await lab.GetAsync("/api/anomalies")).GetArrayLength().ShouldBe(0);
        (await lab.GetAsync("/api/disruptions")).GetProperty("active").GetArrayLength().ShouldBe(0);
        (await lab.GetAsync("/api/guards")).EnumerateArray().ShouldAllBe(guard => guard.GetProperty("on").GetBoolean());
    }
}
