using Faultline.Verification.Checkers;

namespace Faultline.Verification.Verdicts;

/// <summary>How the command line ends.</summary>
public enum ExitCode
{
    /// <summary>Everything passed.</summary>
    Passed = 0,

    /// <summary>A rule is broken.</summary>
    Violation = 1,

    /// <summary>The request itself was wrong; nothing was started.</summary>
    Usage = 2,

    /// <summary>Something could not be judged.</summary>
    Inconclusive = 3,

    /// <summary>The lab's own infrastructure failed.</summary>
    Infrastructure = 4,
}

/// <summary>From verdicts to exit codes.</summary>
public static class ExitCodes
{
    /// <summary>The exit code of a verdict.</summary>
    /// <param name="verdict">The verdict of a run.</param>
    public static ExitCode Of(Verdict verdict) => verdict switch
    {
        Verdict.Passed => ExitCode.Passed,
        Verdict.Failed => ExitCode.Violation,
        _ => ExitCode.Inconclusive,
    };
}
