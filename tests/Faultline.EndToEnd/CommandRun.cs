namespace Faultline.EndToEnd;

/// <summary>A command line that has ended.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error);
