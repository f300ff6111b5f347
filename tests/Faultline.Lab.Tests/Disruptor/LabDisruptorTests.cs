using Faultline.Lab.Disruptor;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Tests.Support;
using Npgsql;

namespace Faultline.Lab.Tests.Disruptor;

public sealed class LabDisruptorTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Paused_cluster_answers_nobody_until_it_is_resumed()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string database = await lab.Services.CreateDatabaseAsync("tickets", Stop);
        string impatient = new NpgsqlConnectionStringBuilder(database) { Timeout = 1, CommandTimeout = 1 }.ConnectionString;
        int postmaster = lab.Services.Process.Status().Pid!.Value;

        await lab.Lab.Disruptor.PauseAsync("postgres/services");

        await Limits.UntilAsync(() => ProcessTable.IsStopped(postmaster), "the signal reaches the server"); // On a busy machine it takes its moment.
        await Should.ThrowAsync<NpgsqlException>(() => TestLab.QueryAsync(impatient, "SELECT 1"));
        lab.Services.Process.State.ShouldBe(ProcessState.Paused);
        lab.Lab.Disruptor.Active.ShouldHaveSingleItem().Target.ShouldBe("postgres/services");

        await lab.Lab.Disruptor.ResumeAsync("postgres/services");

        (await TestLab.QueryAsync(database, "SELECT 1")).ShouldBe(1);
        lab.Lab.Disruptor.Active.ShouldBeEmpty();
        lab.Services.Process.Status().Pid.ShouldBe(postmaster);
    }

    [Fact]
    public async Task Everything_that_was_taken_down_is_back_and_healthy_after_healing()
    {
        await using TestLab lab = await TestLab.StartAsync();
        SupervisedProcess[] instances = [.. Enumerable.Range(1, 3).Select(ordinal => lab.Lab.Supervisor.Start(TestLab.Service("echo") with { Ordinal = ordinal }))];
        await lab.Lab.Supervisor.WaitHealthyAsync(Limits.Hang, Stop);
        LabDisruptor disruptor = lab.Lab.Disruptor;

        await disruptor.KillAsync("demo/echo-1", stayDown: true, Stop);
        await disruptor.StopAsync("demo/echo-2", stop: Stop);
        await disruptor.PauseAsync("demo/echo-3");
        await disruptor.KillAsync("postgres/queue", stayDown: true, Stop);
        disruptor.Active.Count.ShouldBe(4);
        instances.Select(instance => instance.State).ShouldBe([ProcessState.Stopped, ProcessState.Stopped, ProcessState.Paused]);

        IReadOnlyList<HealedTarget> healed = await disruptor.HealAllAsync(Stop);

        healed.Select(target => target.Verb).Order().ShouldBe(["kill", "kill", "pause", "stop"]);
        healed[0].Target.ShouldBe("postgres/queue"); // Services need it, so it comes first.
        lab.Lab.Status().ShouldAllBe(status => status.State == ProcessState.Healthy);
        disruptor.Active.ShouldBeEmpty();
    }

    [Fact]
    public async Task Killed_service_comes_back_at_once_unless_it_is_told_to_stay_down()
    {
        await using TestLab lab = await TestLab.StartAsync();
        for (int ordinal = 1; ordinal <= 2; ordinal++) lab.Lab.Supervisor.Start(TestLab.Service("echo") with { Ordinal = ordinal });
        await lab.Lab.Supervisor.WaitHealthyAsync(Limits.Hang, Stop);
        int?[] before = [.. lab.Lab.Supervisor.Status().Select(status => status.Pid)];

        await lab.Lab.Disruptor.KillAsync("demo/echo", stop: Stop);
        await lab.Lab.Supervisor.WaitHealthyAsync(Limits.Hang, Stop);

        lab.Lab.Supervisor.Status().ShouldAllBe(status => !before.Contains(status.Pid) && status.LastExit!.Signal == "SIGKILL" && status.Restarts == 0);
        lab.Lab.Disruptor.Active.ShouldBeEmpty();
    }

    [Fact]
    public async Task Restart_of_a_paused_instance_and_of_a_paused_cluster_works()
    {
        await using TestLab lab = await TestLab.StartAsync();
        SupervisedProcess instance = lab.Lab.Supervisor.Start(TestLab.Service("echo"));
        await instance.WaitHealthyAsync(Limits.Hang, Stop);
        await lab.Lab.Disruptor.PauseAsync("demo/echo-1");
        await lab.Lab.Disruptor.PauseAsync("postgres/services");

        await lab.Lab.Disruptor.RestartAsync("demo/echo-1", Stop);
        await lab.Lab.Disruptor.RestartAsync("postgres/services", Stop);

        await instance.WaitHealthyAsync(Limits.Hang, Stop);
        await lab.Services.Process.WaitHealthyAsync(Limits.Hang, Stop);
        lab.Services.Process.Status().LastExit!.ToString().ShouldBe("exit code 0"); // A fast shutdown, not a crash.
        lab.Lab.Disruptor.Active.ShouldBeEmpty();
    }

    [Fact]
    public async Task Unknown_target_is_refused_with_those_there_are()
    {
        await using TestLab lab = await TestLab.StartAsync();

        LabException error = await Should.ThrowAsync<LabException>(() => lab.Lab.Disruptor.KillAsync("demo/nobody", stop: Stop));

        error.Message.ShouldContain("'demo/nobody'");
        error.Message.ShouldContain("postgres/services, postgres/queue");
    }
}
