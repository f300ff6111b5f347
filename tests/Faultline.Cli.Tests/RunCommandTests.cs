using Faultline.Lab.Control;

namespace Faultline.Cli.Tests;

public sealed class RunCommandTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("run", "Say what to run: a battery (ticketflow/intake")]
    [InlineData("run ticketflow/nosuch", "There is no battery 'ticketflow/nosuch', and no file of that name; there are the batteries ticketflow/intake")]
    [InlineData("run ticketflow/intake --replicas 10", "--replicas is 10; it must be 1 to 9.")]
    [InlineData("run ticketflow/intake --broker kafka", "--broker is 'kafka'; it must be postgresql or rabbitmq.")]
    [InlineData("run ticketflow/intake --repeat 0", "--repeat is 0; it must be 1 to 1000.")]
    [InlineData("run ticketflow/intake --repeat 40 --at-once 33", "--at-once is 33; it must be 1 to 32.")]
    [InlineData("run ticketflow/intake --repeat 40 --at-once 0", "--at-once is 0; it must be 1 to 32.")]
    [InlineData("run ticketflow/intake --at-once 2", "--at-once is 2, and --repeat is 1; it must be 1 to that number of repeats.")]
    [InlineData("run ticketflow/intake --repeat 2 --at-once 2 --lab http://127.0.0.1:1", "--at-once is for a lab of the run's own, and not for the one that --lab names; leave one of the two out.")]
    [InlineData("run ticketflow/intake --guards outbox", "'outbox' is no guard to switch; write -name for off or +name for on, like -outbox.")]
    [InlineData("run ticketflow/intake --guards -sandbox", "There is no guard 'sandbox'; there are: ")]
    [InlineData("run ticketflow/intake --only nonesuch", "No experiment of ticketflow/intake has a name with 'nonesuch'")]
    [InlineData("run restaurant/single --profile workshop --no-links", "--profile is 'workshop', and this lab was started without links, so none can be broken; start it without --no-links.")]
    [InlineData("run ticketflow/intake --lab http://127.0.0.1:1 --postgres Host=db", "--postgres and --rabbitmq are for a lab of the run's own; the one that --lab names has its servers already.")]
    public async Task What_is_wrong_is_said_before_anything_starts(string line, string sentence)
    {
        TestCommandLine run = await TestCommandLine.RunAsync(line.Split(' '));

        run.Sentence.ShouldContain(sentence);
        run.ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task A_mistake_in_a_file_is_told_with_file_and_line()
    {
        string file = Path.Combine(Path.GetTempPath(), $"faultline-{Environment.ProcessId}-mine.yaml");
        await File.WriteAllTextAsync(file, "name: mine\nsystem: ticketflow\nworkload: {name: sing}\n", Stop);
        try
        {
            TestCommandLine run = await TestCommandLine.RunAsync("run", file);

            run.Error.ShouldContain($"{file}:3: ");
            run.ExitCode.ShouldBe(2);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("up ./no-such-system.yaml", "There is no file './no-such-system.yaml' that could be read; a system of your own is described in a YAML file.")]
    [InlineData("up nosuch", "There is no system 'nosuch'; there are: ticketflow, restaurant; a system of your own is named by its file, such as ./my-system.yaml.")]
    public async Task A_system_that_is_not_there_is_told(string line, string sentence)
    {
        TestCommandLine run = await TestCommandLine.RunAsync(line.Split(' '));

        run.Sentence.ShouldContain(sentence);
        run.ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Mistakes_of_a_system_file_and_of_its_experiments_are_told_with_their_lines_before_anything_starts()
    {
        string folder = Directory.CreateTempSubdirectory("faultline-own").FullName;
        string system = Path.Combine(folder, "shop.yaml"), battery = Path.Combine(folder, "breaks.yaml");
        await File.WriteAllTextAsync(system, "system: shop\nservices:\n  orders:\n    command: no-such-program\n    args: ['{port}']\nbatteries: [breaks.yaml, missing.yaml]\n", Stop);
        await File.WriteAllTextAsync(battery, "name: a\nsystem: ./shop.yaml\nworkload: {name: sing, operations: 1}\n", Stop);
        try
        {
            TestCommandLine run = await TestCommandLine.RunAsync("up", system);

            run.ExitCode.ShouldBe(2);
            run.Error.ShouldContain($"{system}:4: services.orders.command is 'no-such-program', and there is no such program on the PATH; a program beside the file is written ./name");
            run.Error.ShouldContain($"{system}:6: batteries names 'missing.yaml', and there is no such file below {folder}");
            run.Error.ShouldContain($"{battery}:3: workload.name is 'sing'");
            (await TestCommandLine.RunAsync("run", system)).Sentence.ShouldContain("describes a system; run an experiment or a battery file that names it (system: ./shop.yaml)");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Without_the_lab_that_is_named_nothing_is_run()
    {
        TestCommandLine run = await TestCommandLine.RunAsync("run", "ticketflow/intake", "--lab", TestCommandLine.NoLab);

        run.Sentence.ShouldBe("No lab answers at http://127.0.0.1:1/; start one with 'faultline up', or name another with --lab.");
        run.ExitCode.ShouldBe(4);
    }

    [Fact]
    public async Task A_run_on_a_lab_shows_its_lines_and_its_summary_and_ends_with_its_exit_code()
    {
        await using FakeLab lab = await FakeLab.StartAsync();
        lab.End(RunState.Done);

        TestCommandLine run = await TestCommandLine.RunAsync("run", "ticketflow/intake", "--lab", lab.Address, "--guards", "-outbox,+inbox", "--replicas", "2", "--only", "baseline, crash", "--broker", "postgresql");

        run.Output.ShouldBe("the summary\n");
        run.Error.ShouldBe("line 1\nline 2\nline 3\nReport: /reports/of/the/lab/report.html\n");
        run.ExitCode.ShouldBe(1);
        var order = lab.Orders.ShouldHaveSingleItem();
        (order.Battery, order.Replicas, order.Broker, order.Seed).ShouldBe(("ticketflow/intake", 2, "postgresql", null));
        order.Guards.ShouldBe(["-outbox", "+inbox"]);
        order.Only.ShouldBe(["baseline", "crash"]);
    }

    [Fact]
    public async Task The_report_of_a_run_on_a_lab_is_fetched_where_it_is_wanted_by_seed_when_it_is_repeated()
    {
        await using FakeLab lab = await FakeLab.StartAsync();
        lab.End(RunState.Done);
        string folder = Directory.CreateTempSubdirectory("faultline-").FullName;
        try
        {
            TestCommandLine run = await TestCommandLine.RunAsync("run", "ticketflow/intake", "--lab", lab.Address, "--report", folder, "--repeat", "2");

            run.Output.ShouldContain("0 of 2 seeds passed");
            run.Output.ShouldContain($"  seed 41: failed, {Path.Combine(folder, "41", "report.html")}");
            (await File.ReadAllTextAsync(Path.Combine(folder, "40", "report.html"), Stop)).ShouldBe("content of report.html");
            Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length.ShouldBe(4);
            lab.Orders.Select(order => order.Seed).ShouldBe([null, 41ul]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_text_of_a_file_goes_to_the_lab()
    {
        await using FakeLab lab = await FakeLab.StartAsync();
        lab.End(RunState.Done);
        string file = Path.Combine(Path.GetTempPath(), $"faultline-{Environment.ProcessId}-sent.yaml");
        await File.WriteAllTextAsync(file, "name: mine\n", Stop);
        try
        {
            await TestCommandLine.RunAsync("run", file, "--lab", lab.Address);

            var order = lab.Orders.ShouldHaveSingleItem();
            (order.Battery, order.Experiment, order.File).ShouldBe((null, "name: mine\n", file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Ctrl_C_cancels_the_run_in_the_lab_and_waits_for_its_end()
    {
        await using FakeLab lab = await FakeLab.StartAsync();
        using var interrupts = new Interrupts();
        Task<TestCommandLine> running = TestCommandLine.RunAsync(interrupts, "run", "ticketflow/intake", "--lab", lab.Address);
        await lab.Followed.Task.WaitAsync(Stop);

        interrupts.Interrupt();

        TestCommandLine run = await running;
        run.ExitCode.ShouldBe(3);
        run.Error.ShouldBe("line 1\nline 2\nline 3\nInterrupted.\n");
        lab.Deleted.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_lab_that_vanishes_during_a_run_is_one_sentence_and_exit_code_4()
    {
        FakeLab lab = await FakeLab.StartAsync();
        Task<TestCommandLine> running = TestCommandLine.RunAsync("run", "ticketflow/intake", "--lab", lab.Address);
        await lab.Followed.Task.WaitAsync(Stop);
        string address = lab.Address;

        await lab.DisposeAsync();

        TestCommandLine run = await running;
        run.ExitCode.ShouldBe(4);
        run.Error.Split('\n').ShouldContain($"The lab at {address}/ went away during the run; what it had written by then is in /reports/of/the/lab on its machine.");
    }

    [Fact]
    public async Task A_run_that_somebody_else_cancels_has_no_verdict()
    {
        await using FakeLab lab = await FakeLab.StartAsync();
        Task<TestCommandLine> running = TestCommandLine.RunAsync("run", "ticketflow/intake", "--lab", lab.Address);
        await lab.Followed.Task.WaitAsync(Stop);

        lab.End(RunState.Cancelled);

        TestCommandLine run = await running;
        run.ExitCode.ShouldBe(3);
        run.Error.ShouldContain("The run was cancelled by somebody else.");
    }
}
