namespace Faultline.Lab.Processes;

/// <summary>One line that an instance wrote.</summary>
/// <param name="Number">Counts the lines of the instance from 1, across restarts.</param>
/// <param name="At">When the lab read it.</param>
/// <param name="Text">The line, cut at 8,192 characters.</param>
public readonly record struct LogLine(long Number, DateTimeOffset At, string Text);
