using Faultline.Proxy.Problems;
using Faultline.Triggers;

namespace Faultline.Proxy.Toxics;

/// <summary>How often a toxic acted; shared by its versions when it is changed.</summary>
internal sealed class ToxicActivity
{
    private long _count;
    private long _firstAtTicks;

    public long Count => Interlocked.Read(ref _count);

    public DateTimeOffset? FirstAt => Interlocked.Read(ref _firstAtTicks) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public void Add(TimeProvider time)
    {
        if (Interlocked.Increment(ref _count) == 1) Interlocked.Exchange(ref _firstAtTicks, time.GetUtcNow().Ticks);
    }
}

/// <summary>A toxic in force: immutable but for its counters; a change makes a new version.</summary>
internal sealed class Toxic
{
    private readonly TimeProvider _time;
    private readonly double[] _values;

    private Toxic(ToxicConfig config, ToxicKind kind, double[] values, Seed seed, ToxicActivity activity, TimeProvider time)
    {
        Config = config;
        Kind = kind;
        Name = config.Name!;
        _values = values;
        Seed = seed;
        Activity = activity;
        _time = time;
    }

    public string Name { get; }

    public ToxicConfig Config { get; }

    public ToxicKind Kind { get; }

    public Seed Seed { get; }

    public ToxicActivity Activity { get; }

    /// <summary>Reads what somebody asks for.</summary>
    /// <exception cref="ProxyException">Something is wrong with it.</exception>
    public static Toxic Read(ToxicConfig config, Seed linkSeed, TimeProvider time)
    {
        ToxicKind kind = ToxicKinds.Find(config.Type) ?? throw ProxyProblems.InvalidToxicType();
        string name = string.IsNullOrEmpty(config.Name) ? $"{kind.Name}_{StreamSides.NameOf(config.Stream)}" : config.Name;
        double[] values = [.. kind.Attributes.Select(attribute => attribute.Default)];
        Fill(values, kind, config);
        if (config.ExpiresAt <= time.GetUtcNow()) throw ProxyProblems.BadBody($"expires_at is {config.ExpiresAt:O}; it must lie in the future");

        Seed seed = config.Seed is { } own ? new Seed(own) : linkSeed.Derive(name);
        return new Toxic(config with { Name = name }, kind, values, seed, new ToxicActivity(), time);
    }

    /// <summary>The same toxic with other values; what is not given stays.</summary>
    public Toxic Change(double? toxicity, IReadOnlyDictionary<string, double> attributes, DateTimeOffset? expiresAt)
    {
        ToxicConfig config = Config with { Toxicity = toxicity ?? Config.Toxicity, Attributes = attributes, ExpiresAt = expiresAt ?? Config.ExpiresAt };
        double[] values = [.. _values];
        Fill(values, Kind, config);
        return new Toxic(config, Kind, values, Seed, Activity, _time);
    }

    /// <summary>The value of an attribute, by its place in the list of its kind.</summary>
    public double this[int index] => _values[index];

    public TimeSpan Milliseconds(int index) => TimeSpan.FromMilliseconds(_values[index]);

    public void Acted() => Activity.Add(_time);

    /// <summary>Whether it acts on a connection; the same for both ends of a replay.</summary>
    public bool Hits(long connection) => Seed.For("toxicity", Number(connection)).Chance(Config.Toxicity);

    /// <summary>The dice for what it does to a connection.</summary>
    public Dice DiceFor(long connection) => Seed.For("stream", Number(connection), StreamSides.NameOf(Config.Stream));

    private static string Number(long connection) => connection.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void Fill(double[] values, ToxicKind kind, ToxicConfig config)
    {
        if (!(config.Toxicity >= 0 && config.Toxicity <= 1)) throw ProxyProblems.BadBody($"toxicity is {config.Toxicity}; it must be a number from 0 to 1");

        foreach ((string name, double value) in config.Attributes)
        {
            int index = kind.Attributes.FindIndex(attribute => string.Equals(attribute.Name, name, StringComparison.OrdinalIgnoreCase));
            if (index < 0) throw ProxyProblems.BadBody($"{kind.Name} has no attribute '{name}'; it has: {string.Join(", ", kind.Attributes.Select(attribute => attribute.Name))}");
            if (kind.Attributes[index].Problem(value) is { } problem) throw ProxyProblems.BadBody(problem);

            values[index] = value;
        }
    }
}
