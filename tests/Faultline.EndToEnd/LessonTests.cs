namespace Faultline.EndToEnd;

/// <summary>Every lesson is run as its page says: it passes when the guard keeps its rule, and the rule breaks without it.</summary>
[Trait("Speed", "Long")]
public sealed class LessonTests
{
    public static TheoryData<string> Lessons => [.. Directory.GetFiles(Path.Combine(Lab.Repository(), "docs/lessons/experiments"), "*.yaml").Order(StringComparer.Ordinal).Select(file => Path.GetFileName(file))];

    [Theory, MemberData(nameof(Lessons))]
    public async Task A_lesson_passes_with_its_guard_and_finds_the_violation_without_it(string lesson)
    {
        CommandRun run = await CommandRun.OfAsync(["run", Path.Combine(Lab.Repository(), "docs/lessons/experiments", lesson), "--seed", "1"]);

        run.ExitCode.ShouldBe(0, run.Error + run.Output);
    }
}
