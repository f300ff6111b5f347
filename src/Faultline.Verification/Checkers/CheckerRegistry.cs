namespace Faultline.Verification.Checkers;

/// <summary>All checkers that a run may name: the general ones, and those that systems bring.</summary>
public sealed class CheckerRegistry
{
    private readonly Dictionary<string, IChecker> _checkers = [];

    /// <summary>The general checkers and those of systems.</summary>
    /// <param name="system">The checkers of one or more systems.</param>
    /// <exception cref="ArgumentException">Two checkers have one name.</exception>
    public CheckerRegistry(params IEnumerable<IChecker> system)
    {
        foreach (IChecker checker in (IChecker[])[.. General, .. system])
        {
            if (!_checkers.TryAdd(checker.Description.Name, checker)) throw new ArgumentException($"two checkers are named '{checker.Description.Name}'; each name must be used once", nameof(system));
        }
    }

    /// <summary>The checkers that know nothing of any system, one row each.</summary>
    public static IReadOnlyList<IChecker> General { get; } =
    [
        new NothingLost(),
        new EffectsOnce(),
        new OrderPerKey(),
        new NoOrphans(),
        new LegalTransitions(),
        new Balance(),
        new ReplayEqual(),
        new Converges(),
        new QuietAfter(),
        new NoLeftoverFault(),
        new Drains(),
    ];

    /// <summary>The checkers of an experiment that names none: those that every run brings data for.</summary>
    public static IReadOnlyList<string> Usual { get; } = [NothingLost.Name, EffectsOnce.Name, OrderPerKey.Name, NoOrphans.Name, Balance.Name, QuietAfter.Name, NoLeftoverFault.Name, Drains.Name];

    /// <summary>The general rules that need no messages: for systems whose work is seen over HTTP.</summary>
    public static IReadOnlyList<string> WithoutMessages { get; } = [QuietAfter.Name, NoLeftoverFault.Name, Drains.Name];

    /// <summary>The descriptions, in the order of registration.</summary>
    public IReadOnlyList<CheckerDescription> Descriptions => [.. _checkers.Values.Select(checker => checker.Description)];

    /// <summary>Finds a checker.</summary>
    /// <param name="name">Its name.</param>
    public IChecker? Find(string name) => _checkers.GetValueOrDefault(name);
}
