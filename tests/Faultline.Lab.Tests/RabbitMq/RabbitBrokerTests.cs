using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using Faultline.Lab.Instances;
using Faultline.Lab.Processes;
using Faultline.Lab.RabbitMq;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Tests.Support;

namespace Faultline.Lab.Tests.RabbitMq;

public sealed class RabbitBrokerTests(OwnRabbit rabbit) : IClassFixture<OwnRabbit>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private RabbitBroker Broker => rabbit.Broker;

    [Fact]
    public async Task Broker_that_is_killed_comes_back_by_itself_on_its_port_with_what_it_had()
    {
        await Broker.CreateVirtualHostAsync("kept", Stop);
        ProcessStatus before = Broker.Process.Status();

        Signals.Send(before.Pid!.Value, Signal.Kill);
        await Limits.UntilAsync(() => Broker.Process.Status() is { State: ProcessState.Healthy } status && status.Pid != before.Pid, "the killed broker is healthy again");

        Broker.Port.ShouldBe(before.Port);
        Broker.Process.Status().Restarts.ShouldBe(before.Restarts + 1);
        Broker.Process.Status().LastExit!.Signal.ShouldBe("SIGKILL");
        (await HasVirtualHostAsync(Broker, "kept")).ShouldBeTrue();
        await Broker.DeleteVirtualHostAsync("kept", Stop);
        (await HasVirtualHostAsync(Broker, "kept")).ShouldBeFalse();
    }

    [Fact]
    public async Task Broker_that_is_restarted_ends_in_order_and_comes_back_on_its_port()
    {
        ProcessStatus before = Broker.Process.Status();

        await Broker.Process.RestartAsync(Stop);
        await Broker.Process.WaitHealthyAsync(Limits.Hang, Stop);

        ProcessStatus after = Broker.Process.Status();
        after.Pid.ShouldNotBe(before.Pid);
        after.Port.ShouldBe(before.Port);
        after.LastExit!.Signal.ShouldBeNull();
    }

    [Fact]
    public async Task Paused_broker_answers_nobody_until_it_is_resumed()
    {
        Broker.Process.Pause();
        try
        {
            Broker.Process.State.ShouldBe(ProcessState.Paused);
            await Limits.UntilAsync(() => ProcessTable.IsStopped(Broker.Process.Status().Pid!.Value), "the signal reaches the broker"); // On a busy machine it takes its moment.
            (await Should.ThrowAsync<Problems.LabException>(() => Broker.EvaluateAsync("1 + 1", Stop))).Message.ShouldContain("rabbitmq/queue");
        }
        finally
        {
            Broker.Process.Resume();
        }

        await Broker.Process.WaitHealthyAsync(Limits.Hang, Stop);
        (await Broker.EvaluateAsync("1 + 1", Stop)).ShouldBe("2");
    }

    [Fact]
    public async Task Broker_has_a_name_and_a_folder_of_its_own_no_privileges_and_is_reachable_from_here_only()
    {
        int pid = Broker.Process.Status().Pid!.Value;
        string node = await Broker.EvaluateAsync("node()", Stop);
        int distribution = int.Parse(await Broker.EvaluateAsync("{ok, Port} = application:get_env(kernel, inet_dist_listen_min), Port", Stop), CultureInfo.InvariantCulture);

        node.ShouldContain("faultline-queue-");
        (await Broker.EvaluateAsync("rabbit_mnesia:dir()", Stop)).ShouldContain(rabbit.Lab.Path);
        int[] ports = [Broker.Port, distribution];
        IPEndPoint[] listeners = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => ports.Contains(listener.Port))];
        listeners.Select(listener => listener.Port).Distinct().Count().ShouldBe(2);
        listeners.ShouldAllBe(listener => IPAddress.IsLoopback(listener.Address));
        string user = (await File.ReadAllLinesAsync($"/proc/{pid}/status", Stop)).First(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        user.Split('\t').Skip(1).ShouldAllBe(id => id != "0");
        string password = new Uri(Broker.AddressOf()).UserInfo.Split(':')[1];
        (await File.ReadAllTextAsync($"/proc/{pid}/cmdline", Stop)).ShouldNotContain(password);
    }

    [Fact]
    public async Task Two_labs_at_once_have_a_broker_each()
    {
        OwnRabbit.SkipWhenMissing();
        using TestFolder folder = TestFolder.Create();
        (LabFolder lab, RabbitBroker other) = await OwnRabbit.StartInAsync(folder.Path, "21001");
        await using LabFolder _ = lab;
        await using RabbitBroker __ = other;

        await other.CreateVirtualHostAsync("mine", Stop);

        other.Port.ShouldNotBe(Broker.Port);
        (await other.EvaluateAsync("node()", Stop)).ShouldNotBe(await Broker.EvaluateAsync("node()", Stop));
        (await HasVirtualHostAsync(other, "mine")).ShouldBeTrue();
        (await HasVirtualHostAsync(Broker, "mine")).ShouldBeFalse();
        PortMappersOf(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task Broker_of_a_lab_that_crashed_is_gone_with_it_and_the_next_one_has_what_it_had()
    {
        OwnRabbit.SkipWhenMissing();
        using TestFolder folder = TestFolder.Create();
        using Process crashing = Process.Start(new ProcessStartInfo(TestFolder.HostProgram, ["rabbit", folder.Path, "21002"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        string[] words = ((await crashing.StandardOutput.ReadLineAsync(Stop).AsTask().WaitAsync(Limits.Hang, Stop)) ?? "").Split(' ');
        words[0].ShouldBe("READY");
        ProcessIdentity broker = ProcessTable.Find(int.Parse(words[1], CultureInfo.InvariantCulture))!.Value;

        Signals.Send(crashing.Id, Signal.Kill);
        await crashing.WaitForExitAsync(Stop);
        int port = int.Parse(words[2], CultureInfo.InvariantCulture);
        await Limits.UntilAsync(() => !ProcessTable.IsRunning(broker) && FreePorts.IsFree(port), "the broker is gone with its lab");

        (LabFolder lab, RabbitBroker next) = await OwnRabbit.StartInAsync(folder.Path, "21002");
        await using LabFolder _ = lab;
        await using RabbitBroker __ = next;
        next.Port.ShouldBe(port);
        (await HasVirtualHostAsync(next, "kept")).ShouldBeTrue();
        PortMappersOf(folder.Path).ShouldBeEmpty();
    }

    private static async Task<bool> HasVirtualHostAsync(RabbitBroker broker, string name) => await broker.EvaluateAsync($"""rabbit_vhost:exists(<<"{name}">>)""", Stop) == "true";

    // Erlang starts one that outlives it, unless it is told not to.
    private static string[] PortMappersOf(string folder) =>
        [.. Process.GetProcessesByName("epmd").Select(EnvironmentOf).Where(environment => environment.Contains(folder, StringComparison.Ordinal))];

    private static string EnvironmentOf(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/environ");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // It has ended, or belongs to somebody else.
        }
    }
}
