using Faultline.Lab.Control;
using Faultline.Lab.Tests.Support;
using Faultline.Protocol.Faults;
using Faultline.Verification.Experiments;
using Faultline.Verification.Reports;

namespace Faultline.Lab.Tests.Control;

public sealed class RunsTests(RunLab lab) : IClassFixture<RunLab>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<object, string> WrongOrders { get; } = new()
    {
        { new { }, "battery is missing; it must be one of: demo/quick, demo/endless, idle/quick, idle/endless" },
        { new { battery = "demo/nosuch" }, "There is no battery 'demo/nosuch', and no file of that name; there are the batteries demo/quick" },
        { new { battery = "demo/quick", experiment = "name: x" }, "experiment is given beside 'battery'; it must be one of the two" },
        { new { battery = "demo/quick", replicas = 10 }, "replicas is 10; it must be 1 to 9" },
        { new { battery = "demo/quick", broker = "kafka" }, "broker is 'kafka'; it must be postgresql" },
        { new { battery = "demo/quick", guards = new[] { "outbox" } }, "'outbox' is no guard to switch; write -name for off or +name for on" },
        { new { battery = "demo/quick", guards = new[] { "-sandbox" } }, "There is no guard 'sandbox'; there are: " },
        { new { battery = "demo/quick", guards = new[] { "demo/nosuch:-outbox" } }, "There is no service 'demo/nosuch'; there are: demo/echo" },
        { new { battery = "demo/quick", only = new[] { "third" } }, "No experiment of demo/quick has a name with 'third'" },
        { new { experiment = "name: mine\nsystem: demo\nworkload: {name: sing}\n", file = "mine.yaml" }, "mine.yaml:3: " },
        { new { battery = "demo/quick", replicas = 0, broker = "kafka" }, "it must be 1 to 9. broker is 'kafka'" },
    };

    [Theory]
    [MemberData(nameof(WrongOrders))]
    public async Task A_wrong_order_is_refused_with_what_is_wrong_and_what_is_allowed_before_anything_starts(object order, string says)
    {
        (int status, string code, string detail) = await lab.RefusalAsync(HttpMethod.Post, "/api/runs", order);

        (status, code).ShouldBe((400, "run.wrong"));
        detail.ShouldContain(says);
        lab.Plane.Runs.Current.ShouldBeNull();
    }

    [Fact]
    public async Task A_field_that_is_not_known_is_refused()
    {
        (await lab.RefusalAsync(HttpMethod.Post, "/api/runs", new { battery = "demo/quick", sead = 1 })).Code.ShouldBe("request.unreadable");
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("DELETE", "")]
    [InlineData("GET", "/lines")]
    [InlineData("GET", "/summary")]
    [InlineData("GET", "/files/report.html")]
    public async Task A_run_that_is_not_there_is_told_so(string method, string below)
    {
        (int status, string code, _) = await lab.RefusalAsync(new HttpMethod(method), $"/api/runs/17{below}");

        (status, code).ShouldBe((404, "run.unknown"));
    }

    [Fact]
    public async Task A_run_ends_with_a_verdict_and_a_report_and_leaves_the_system_as_it_was()
    {
        var before = lab.System;

        string id = await lab.StartAsync(new { battery = "demo/quick", seed = 7, only = new[] { "first" } });
        RunView end = await lab.EndAsync(id);

        end.State.ShouldBe(RunState.Done, end.Failure);
        (end.Seed, end.Cells, end.Judged, end.Inconclusive, end.ExitCode).ShouldBe((7ul, 1, 1, 1, 3), "a rule that saw no message cannot be judged");
        end.Command.ShouldBe("faultline run demo/quick --only first --seed 7");
        end.Files.ShouldBe([ReportFiles.HtmlName, ReportFiles.JsonName, ReportFiles.JUnitName, ReportFiles.HistoryName, ReportFiles.ExperimentName, ReportFiles.ReplayName]);
        foreach (string file in end.Files) (await ReadAsync($"/api/runs/{id}/files/{file}")).ShouldBe(await File.ReadAllTextAsync(Path.Combine(end.Folder, file), Stop));
        (await ReadAsync($"/api/runs/{id}/summary")).ShouldContain("INCONCLUSIVE");
        (await ReadAsync($"/api/runs/{id}/summary?colours=true")).ShouldContain("\u001b[");
        (await lab.RefusalAsync(HttpMethod.Get, $"/api/runs/{id}/files/secrets.txt")).ShouldBe((404, "run.no-file", $"run {id} has no 'secrets.txt'; it has: {string.Join(", ", end.Files)}"));
        lab.System.ShouldBeSameAs(before, "it fitted");
    }

    [Fact]
    public async Task A_run_waits_until_the_sample_data_is_made_and_none_is_made_under_it()
    {
        Task<SampleOutcome> making = lab.Plane.SampleAsync("demo", removes: false, Stop);
        string id = await lab.StartAsync(new { battery = "demo/quick" });
        await Limits.UntilAsync(() => lab.Plane.Runs.Current?.View().Last?.Contains("waiting until the sample data is made") is true, "the run waits");

        (int status, string code, string detail) = await lab.RefusalAsync(HttpMethod.Post, "/api/systems/demo/samples");
        lab.Samples.Finish();

        (await making).Count.ShouldBe(3);
        (status, code).ShouldBe((409, "lab.refused"));
        detail.ShouldContain($"Run {id} (demo/quick) is under way on demo");
        (await lab.EndAsync(id)).State.ShouldBe(RunState.Done);
        Task<SampleOutcome> givenUp = lab.Plane.SampleAsync("demo", removes: false, Stop);
        string next = await lab.StartAsync(new { battery = "demo/quick" });
        await lab.CancelAsync(next);
        (await lab.EndAsync(next)).State.ShouldBe(RunState.Cancelled); // Also while it waits.
        lab.Samples.Finish();
        (await givenUp).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Operations_of_a_run_carry_its_name()
    {
        string id = await lab.StartAsync(new { battery = "demo/quick" });
        await lab.EndAsync(id);

        (await ReadAsync($"/api/runs/{id}/files/{ReportFiles.HistoryName}")).ShouldContain($"{id}~first/000001");
    }

    [Fact]
    public async Task Lines_are_told_in_order_and_can_be_taken_up_again()
    {
        string id = await lab.StartAsync(new { battery = "demo/quick", seed = 7 });
        IReadOnlyList<(long Number, string Text)> all = await lab.LinesAsync(id);

        all.Count.ShouldBeGreaterThan(2);
        all.Select(line => line.Number).ShouldBe(Enumerable.Range(1, all.Count).Select(number => (long)number));
        all[0].Text.ShouldBe("demo/quick, 2 experiments, seed 7. To repeat: faultline run demo/quick --seed 7");
        (await lab.LinesAsync(id, after: 2)).ShouldBe(all.Skip(2));
        (await lab.RefusalAsync(HttpMethod.Get, $"/api/runs/{id}/lines?after=x")).Code.ShouldBe("request.out-of-range");
    }

    [Fact]
    public async Task A_lab_has_one_run_at_a_time_and_no_reset_under_it_and_a_cancelled_run_is_rolled_back()
    {
        string id = await lab.StartAsync(new { battery = "demo/endless", seed = 7, guards = new[] { "-outbox" } });
        try
        {
            await GuardIsAsync(on: false);

            (int status, string code, string detail) = await lab.RefusalAsync(HttpMethod.Post, "/api/runs", new { battery = "demo/quick" });
            (status, code).ShouldBe((409, "run.under-way"));
            detail.ShouldContain($"run {id} (demo/endless, seed 7) is under way");
            (await lab.RefusalAsync(HttpMethod.Post, "/api/systems/demo/reset")).Detail.ShouldContain($"Run {id} (demo/endless) is under way on demo");
            (await lab.ReadAsync(id)).State.ShouldBe(RunState.Running);
        }
        finally
        {
            await lab.CancelAsync(id);
        }

        RunView end = await lab.EndAsync(id);
        (end.State, end.ExitCode, end.Verdict, end.Failure).ShouldBe((RunState.Cancelled, 3, null, null));
        await GuardIsAsync(on: true);
        await lab.CancelAsync(id);
        (await lab.ReadAsync(id)).State.ShouldBe(RunState.Cancelled);
    }

    [Fact]
    public async Task What_somebody_has_set_is_named_with_how_to_clear_it_and_stays_set()
    {
        var client = lab.System.Clients["demo/echo"];
        await client.PlaceAsync(new AnomalyRequest { Point = "consume.handle.before", Kind = FaultKinds.Exception }, Stop);
        await client.SwitchAsync("inbox", on: false, Stop);
        try
        {
            (int status, string code, string detail) = await lab.RefusalAsync(HttpMethod.Post, "/api/runs", new { battery = "demo/quick" });

            (status, code).ShouldBe((409, "run.set-by-hand"));
            detail.ShouldContain("anomaly exception at consume.handle.before of demo/echo; guard inbox of demo/echo is off");
            detail.ShouldContain("Clear it before: faultline anomalies clear; faultline guards set demo/echo inbox on.");
            (await client.AnomaliesAsync(Stop)).Count.ShouldBe(1);
            (await client.GuardsAsync(Stop)).Single(guard => guard.Name == "inbox").On.ShouldBeFalse();
        }
        finally
        {
            await client.ClearAsync(Stop);
            await client.SwitchAsync("inbox", on: true, Stop);
        }
    }

    [Fact]
    public async Task What_is_down_on_purpose_is_named_with_how_to_bring_it_back()
    {
        await lab.Plane.Lab.Disruptor.PauseAsync("demo/echo");
        try
        {
            (await lab.RefusalAsync(HttpMethod.Post, "/api/runs", new { battery = "demo/quick" })).Detail.ShouldContain("demo/echo-1 is down (pause). Clear it before: faultline resume demo/echo-1.");
        }
        finally
        {
            await lab.Plane.Lab.Disruptor.ResumeAsync("demo/echo");
        }
    }

    [Fact]
    public async Task A_system_that_does_not_fit_is_started_anew_and_put_back_after()
    {
        string id = await lab.StartAsync(new { battery = "demo/quick", replicas = 2 });
        IReadOnlyList<(long Number, string Text)> lines = await lab.LinesAsync(id);

        lines.Select(line => line.Text).ShouldContain(text => text.EndsWith("starting demo: echo x2", StringComparison.Ordinal));
        (await lab.ReadAsync(id)).State.ShouldBe(RunState.Done);
        lab.System.InstancesOf("demo/echo").Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_system_that_did_not_run_is_stopped_again()
    {
        RunView end = await lab.EndAsync(await lab.StartAsync(new { battery = "idle/quick" }));

        end.State.ShouldBe(RunState.Done, end.Failure);
        lab.Plane.FindRunning("idle").ShouldBeNull();
    }

    private async Task GuardIsAsync(bool on)
    {
        long start = TimeProvider.System.GetTimestamp();
        while ((await lab.System.Clients["demo/echo"].GuardsAsync(Stop)).Single(guard => guard.Name == "outbox").On != on)
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Limits.Hang, $"the guard must be {(on ? "on" : "off")}");
        }
    }

    private async Task<string> ReadAsync(string path)
    {
        using HttpResponseMessage reply = await lab.SendAsync(HttpMethod.Get, path);
        reply.IsSuccessStatusCode.ShouldBeTrue();
        return await reply.Content.ReadAsStringAsync(Stop);
    }
}
