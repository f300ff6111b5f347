using Faultline.Protocol.Histories;

namespace Faultline.Verification.Histories;

/// <summary>What a client knows about an operation that did not end well.</summary>
/// <param name="BeforeSend">Nothing left this process: a refused connection, a name that does not resolve.</param>
/// <param name="Definite">The other side said that it is not done and never will be.</param>
public readonly record struct Failure(bool BeforeSend, bool Definite)
{
    /// <summary>The connection was refused or could not be made.</summary>
    public static Failure NotSent { get; } = new(BeforeSend: true, Definite: false);

    /// <summary>Refused by the other side.</summary>
    public static Failure Refused { get; } = new(BeforeSend: false, Definite: true);

    /// <summary>A timeout or a cut connection.</summary>
    public static Failure NoAnswer { get; } = new(BeforeSend: false, Definite: false);
}

/// <summary>Decides which of the three endings an operation has.</summary>
public static class Endings
{
    /// <summary>The ending of an operation that did not get its answer.</summary>
    /// <param name="changesNothing">Whether the operation only reads.</param>
    /// <param name="failure">What is known.</param>
    public static Outcome Classify(bool changesNothing, Failure failure) => failure switch
    {
        { BeforeSend: true } or { Definite: true } => Outcome.Failed,
        _ when changesNothing => Outcome.Failed, // A read without an answer did no harm.
        _ => Outcome.Unknown,                    // It may have happened, or may happen yet.
    };

    /// <summary>The ending of an HTTP operation that was answered.</summary>
    /// <param name="changesNothing">Whether the operation only reads.</param>
    /// <param name="status">The HTTP status.</param>
    /// <remarks>
    /// A 5xx may be the voice of a proxy in front of a service that did the work, so it settles nothing. Of the 4xx only 408 does not: it is a
    /// timeout.
    /// </remarks>
    public static Outcome OfStatus(bool changesNothing, int status) => status switch
    {
        >= 200 and < 400 => Outcome.Ok,
        408 => Classify(changesNothing, Failure.NoAnswer),
        >= 400 and < 500 => Outcome.Failed,
        _ => Classify(changesNothing, Failure.NoAnswer),
    };
}
