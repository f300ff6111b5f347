namespace Faultline.EndToEnd.TicketFlow;

public sealed class BatteryTests
{
    [Fact]
    public async Task Each_reminder_is_told_once_with_three_replicas_of_which_one_is_killed()
    {
        CommandRun run = await CommandRun.OfAsync(["run", "ticketflow/deadlines", "--only", "deadlines-replicas", "--seed", "1"]);

        run.ExitCode.ShouldBe(0, run.Error + run.Output);
        run.Error.ShouldContain("sla x3");
        run.Output.ShouldContain("PASSED");
    }
}
