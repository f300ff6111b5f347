using System.Diagnostics;

namespace Faultline.EndToEnd;

/// <summary>The exercises of the workshop, as a participant does them: before a step its exercise names what is left to heal, after it nothing.</summary>
[Trait("Speed", "Long")]
public sealed class WorkshopTests : IDisposable
{
    private const string Patch = "/usr/bin/patch";
    private static readonly string Workshop = Path.Combine(Lab.Repository(), "docs/workshop");
    private readonly string _orders = Directory.CreateTempSubdirectory("faultline-my-orders-").FullName;

    public void Dispose() => Directory.Delete(_orders, recursive: true);

    [Theory]
    [InlineData(1, "restaurant/bad-orders", "validation")]
    [InlineData(2, "2-idempotency.yaml", "idempotency")]
    [InlineData(3, "3-transaction.yaml", "transaction")]
    [InlineData(4, "4-answer-in-time.yaml", "answer-in-time")]
    [InlineData(5, "5-outbox.yaml", "outbox")]
    public async Task An_exercise_names_what_is_left_until_its_step_is_done(int step, string exercise, string left)
    {
        Assert.SkipUnless(File.Exists(Patch), "the steps are patches, and 'patch' is not installed");
        string what = exercise.EndsWith(".yaml", StringComparison.Ordinal) ? Path.Combine(Workshop, "exercises", exercise) : exercise;
        await StartAsync(step - 1);

        CommandRun before = await CommandRun.OfAsync(["run", what, "--seed", "1", "--orders", _orders]);

        before.ExitCode.ShouldBe(1, before.Error + before.Output);
        before.Output.ShouldContain($"left to heal: {left}:");

        await PatchAsync(step);

        CommandRun after = await CommandRun.OfAsync(["run", what, "--seed", "1", "--orders", _orders]);

        after.ExitCode.ShouldBe(0, after.Error + after.Output);
    }

    private async Task StartAsync(int steps)
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Lab.Repository(), "systems/Restaurant/workshop/Orders"))) File.Copy(file, Path.Combine(_orders, Path.GetFileName(file)));
        for (int step = 1; step <= steps; step++) await PatchAsync(step);
    }

    private async Task PatchAsync(int step)
    {
        string patch = Directory.GetFiles(Path.Combine(Workshop, "solution/steps"), $"{step}-*.patch").ShouldHaveSingleItem();
        using Process process = Process.Start(Patch, ["-s", "-d", _orders, "-p1", "-i", patch]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0);
    }
}
