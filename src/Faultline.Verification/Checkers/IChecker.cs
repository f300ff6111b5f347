namespace Faultline.Verification.Checkers;

/// <summary>A parameter of a checker, as an experiment may set it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Says">What it does, with default and range.</param>
public sealed record CheckerParameter(string Name, string Says);

/// <summary>What the list of checkers shows a person.</summary>
/// <param name="Name">The name, as experiments use it.</param>
/// <param name="Says">The rule as a sentence.</param>
/// <param name="Parameters">What an experiment may set.</param>
public sealed record CheckerDescription(string Name, string Says, params IReadOnlyList<CheckerParameter> Parameters);

/// <summary>A rule that must hold. Pure: it looks at its context and at nothing else. A system brings its own through the same border.</summary>
public interface IChecker
{
    /// <summary>Name, rule and parameters.</summary>
    CheckerDescription Description { get; }

    /// <summary>
    /// Whether the rule speaks of a system that has come to rest, as most do: "it is there in the end". While something is still under way, what such a rule misses may be about to come, so its violations
    /// are not told as such. False for rules that are broken for good the moment they are broken: done twice, out of order, a step that is not allowed.
    /// </summary>
    bool NeedsRest => true;

    /// <summary>What a violation of this rule comes from; null where the rule cannot tell.</summary>
    /// <param name="kind">Which way of breaking it: see <see cref="Violation.Kind"/>.</param>
    FailureClass? ClassOf(string kind) => null;

    /// <summary>Judges. Whatever it throws makes the finding inconclusive.</summary>
    /// <param name="context">Everything there is to see.</param>
    Finding Check(CheckContext context);
}
