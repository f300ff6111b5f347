using System.Collections.Immutable;
using Faultline.Proxy.Problems;
using Faultline.Triggers;

namespace Faultline.Proxy.Http;

/// <summary>An HTTP fault in force, with its counters.</summary>
internal sealed class HttpFault
{
    private const int AttemptsMax = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _attempts = [];
    private readonly CancellationTokenSource _removed = new();
    private readonly ImmutableArray<HttpFaultKind> _kinds;
    private readonly Seed _seed;
    private long _matches;
    private long _fired;
    private DateTimeOffset? _firstAt;

    private HttpFault(HttpFaultConfig config, ImmutableArray<HttpFaultKind> kinds, Seed seed)
    {
        Config = config;
        Name = config.Name!;
        _kinds = kinds;
        _seed = seed;
    }

    public string Name { get; }

    public HttpFaultConfig Config { get; }

    public Seed Seed => _seed;

    /// <summary>Reads what somebody asks for.</summary>
    /// <exception cref="ProxyException">Something is wrong with it.</exception>
    public static HttpFault Read(HttpFaultConfig config, Seed linkSeed, DateTimeOffset now)
    {
        if (config.Kinds.Count == 0) throw ProxyProblems.MissingField("kind");

        ImmutableArray<HttpFaultKind> kinds =
        [
            .. config.Kinds.Select(name => HttpFaultKinds.Find(name) ?? throw ProxyProblems.BadBody($"there is no kind '{name}'; it must be one of: {HttpFaultKinds.Names}")),
        ];
        string[] problems = [.. kinds.Select(kind => kind.Refusal(config.When)).OfType<string>().Concat(kinds.SelectMany(kind => kind.Problems(config.Settings)))];
        if (problems.Length > 0) throw ProxyProblems.BadBody(string.Join("; ", problems));
        if (config.ExpiresAt <= now) throw ProxyProblems.BadBody($"expires_at is {config.ExpiresAt:O}; it must lie in the future");

        string name = string.IsNullOrEmpty(config.Name) ? $"{string.Join("_or_", config.Kinds)}_{(config.When is HttpPhase.Before ? "before" : "after")}" : config.Name;
        return new HttpFault(config with { Name = name }, kinds, config.Seed is { } own ? new Seed(own) : linkSeed.Derive(name));
    }

    /// <summary>How many requests matched, how often it fired, and when first.</summary>
    public (long Matches, long Fired, DateTimeOffset? FirstAt) Counts()
    {
        lock (_gate) return (_matches, _fired, _firstAt);
    }

    /// <summary>Decides about a request; a firing is counted and recorded before it is put into the plan.</summary>
    public void Consider(HttpHead request, string? operation, DateTimeOffset now, HttpPlan plan, Action<string, long> record)
    {
        if (now >= Config.ExpiresAt || !Config.Match.Matches(request)) return;

        long match;
        Dice dice;
        lock (_gate)
        {
            match = ++_matches;
            dice = DiceNeedsGate(request, operation, match);
            if (!Config.Trigger.Fires(new Occasion(match, _fired, now, dice))) return;

            _fired++;
            _firstAt ??= now;
        }

        HttpFaultKind kind = _kinds.Length == 1 ? _kinds[0] : dice.Pick(_kinds);
        record(kind.Name, match);
        kind.Act(plan, new HttpAct(Config.When, Config.Settings, dice, _removed.Token));
    }

    /// <summary>Lets go whoever waits because of it.</summary>
    public void Remove() => _removed.Cancel();

    // Drawn from what is decided, not from who comes first: the operation, the request in it, and the attempt, so that a retry draws anew. Without a named operation the order decides.
    private Dice DiceNeedsGate(HttpHead request, string? operation, long match)
    {
        if (operation is null) return _seed.For(Name, match.ToString(System.Globalization.CultureInfo.InvariantCulture));

        if (_attempts.Count >= AttemptsMax) _attempts.Clear(); // Only a client that retries after so many other operations would draw the same again.
        string target = $"{request.Method} {request.Path}";
        string key = $"{operation}\u001f{target}";
        int attempt = _attempts[key] = _attempts.GetValueOrDefault(key) + 1;
        return _seed.For(Name, operation, target, attempt);
    }
}
