namespace Faultline.Verification.Experiments;

/// <summary>Something that is wrong with an experiment file.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Text">What is wrong, the value it has, and what is allowed.</param>
public sealed record Problem(int Line, string Text)
{
    /// <inheritdoc />
    public override string ToString() => $"line {Line}: {Text}";
}

/// <summary>What reading a file gave: a battery, or every problem at once.</summary>
/// <param name="File">The name of the file.</param>
/// <param name="Battery">The battery; null when there is any problem. A file with one experiment is a battery of one.</param>
/// <param name="IsSingle">Whether the file holds one experiment and no battery.</param>
/// <param name="Problems">All problems, by line.</param>
public sealed record Reading(string File, Battery? Battery, bool IsSingle, IReadOnlyList<Problem> Problems)
{
    /// <summary>The problems as lines of text, each with file and line.</summary>
    public IEnumerable<string> Lines => Problems.Select(problem => $"{File}:{problem.Line}: {problem.Text}");
}
