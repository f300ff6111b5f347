using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Triggers;

namespace Faultline.Verification.Schedules;

/// <summary>
/// Draws a schedule: when, where and what all come from the seed. Each fault has dice of its own, so one more fault changes none of the others.
/// </summary>
public static class ScheduleGenerator
{
    /// <summary>The kinds that are drawn when the generator names none.</summary>
    public static IReadOnlyList<string> UsualKinds { get; } = [FaultKinds.Delay, FaultKinds.Exception, FaultKinds.Crash, FaultKinds.Drop, FaultKinds.Duplicate, FaultKinds.Reorder];

    /// <summary>The names of the triggers.</summary>
    public static IReadOnlyList<string> TriggerNames { get; } = ["once", "nth", "first", "every", "probability"];

    /// <summary>Draws the faults.</summary>
    /// <param name="spec">Weights and bounds; valid.</param>
    /// <param name="services">The services of the system.</param>
    /// <param name="outboxOff">The services whose outbox guard is off, which decides whether they pass the outbox or send directly.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <exception cref="ArgumentException">Nothing in the system fits the weights and bounds.</exception>
    public static IReadOnlyList<FaultSpec> Draw(GeneratorSpec spec, IReadOnlyList<ServiceDescription> services, IReadOnlySet<string> outboxOff, Seed seed)
    {
        List<ServiceDescription> chosen = [.. services.Where(service => spec.Services.Count == 0 || spec.Services.Contains(service.Service)).OrderBy(service => service.Service, StringComparer.Ordinal)];
        Dictionary<string, List<Place>> places = Places(spec, chosen, outboxOff).GroupBy(place => place.Kind).ToDictionary(group => group.Key, group => group.ToList());
        (string Name, int Weight)[] whats =
        [
            .. Weights(spec.Kinds, UsualKinds).Where(kind => places.ContainsKey(kind.Name)),
            .. chosen.Count == 0 ? [] : Weights(spec.Disruptions, []),
        ];
        if (whats.Length == 0) throw new ArgumentException("the generator can draw nothing: no kind that it names fits a point and a message of the services that it names");

        int count = seed.For("generator", "count").Between(spec.FaultsMin, spec.FaultsMax);
        return [.. Enumerable.Range(1, count).Select(number => DrawOne(spec, whats, places, chosen, seed.For("generator", $"fault {number}"), number))];
    }

    private static FaultSpec DrawOne(GeneratorSpec spec, (string Name, int Weight)[] whats, Dictionary<string, List<Place>> places, List<ServiceDescription> services, Dice dice, int number)
    {
        string what = Pick(whats, dice);
        // Whole milliseconds, so that the experiment as run says exactly what was drawn.
        Moment from = Moment.At(TimeSpan.FromMilliseconds(dice.Between((int)spec.From.TotalMilliseconds, (int)spec.Until.TotalMilliseconds)));
        if (DisruptionVerbs.All.Contains(what))
        {
            return new DisruptionFault
            {
                Name = $"drawn-{number}-{what}",
                Verb = what,
                Target = dice.Pick(services).Service,
                From = from,
                For = what == DisruptionVerbs.Restart ? null : TimeSpan.FromMilliseconds(dice.Between(200, 3_000)),
            };
        }

        Place place = dice.Pick(places[what]);
        return new AnomalyFault
        {
            Name = $"drawn-{number}-{what}",
            Service = place.Service,
            Point = place.Point.Name,
            Kind = what,
            From = from,
            Match = place.Message is null ? null : new MatchSpec { MessageType = place.Message },
            Trigger = Trigger(Pick(Weights(spec.Triggers, TriggerNames), dice), what, dice),
            Parameters = Parameters(what, dice),
        };
    }

    private static IEnumerable<Place> Places(GeneratorSpec spec, IEnumerable<ServiceDescription> services, IReadOnlySet<string> outboxOff)
    {
        string[] kinds = [.. Weights(spec.Kinds, UsualKinds).Select(kind => kind.Name)];
        foreach (ServiceDescription service in services)
        {
            foreach (FaultPoint point in FaultPoints.All)
            {
                if (!service.Points.Contains(point.Name) || (spec.Points.Count > 0 && !spec.Points.Contains(point.Name))) continue;

                if (FaultTable.WithoutOutboxOnly.Contains(point) != outboxOff.Contains(service.Service) && point.Pipeline == "publish") continue;

                IReadOnlyList<string?> messages = Applicability.IsHttp(point) && spec.Messages.Count == 0
                    ? [null]
                    : [.. Applicability.MessagesAt(service, point).Where(type => spec.Messages.Count == 0 || spec.Messages.Contains(type))];
                foreach (string kind in kinds.Where(service.Kinds.Contains))
                {
                    FaultEffect effect = FaultTable.Of(kind, point).Effect;
                    if (effect == FaultEffect.Refused || (effect != FaultEffect.Survivable && !spec.Destructive)) continue;

                    foreach (string? message in messages) yield return new Place(service.Service, point, kind, message);
                }
            }
        }
    }

    private static (string Name, int Weight)[] Weights(IReadOnlyDictionary<string, int> weights, IReadOnlyList<string> usual) =>
        weights.Count == 0
            ? [.. usual.Select(name => (name, 1))]
            : [.. weights.Where(weight => weight.Value > 0).OrderBy(weight => weight.Key, StringComparer.Ordinal).Select(weight => (weight.Key, weight.Value))];

    private static string Pick((string Name, int Weight)[] weights, Dice dice)
    {
        int at = dice.Below(weights.Sum(weight => weight.Weight));
        foreach ((string name, int weight) in weights)
        {
            if ((at -= weight) < 0) return name;
        }

        return weights[^1].Name;
    }

    private static TriggerSpec Trigger(string name, string kind, Dice dice)
    {
        // Faults that stop a process or hold a message for long fire once: repeated, they only keep the system down.
        if (kind is FaultKinds.Crash or FaultKinds.Hang or FaultKinds.Storm) return new TriggerSpec { Nth = dice.Between(1, 5) };

        return name switch
        {
            "nth" => new TriggerSpec { Nth = dice.Between(1, 10) },
            "first" => new TriggerSpec { First = dice.Between(1, 3) },
            "every" => new TriggerSpec { Every = dice.Between(2, 10) },
            "probability" => new TriggerSpec { Probability = dice.Between(5, 30) / 100.0 },
            _ => new TriggerSpec { Once = true },
        };
    }

    private static AnomalyParameters? Parameters(string kind, Dice dice) => kind switch
    {
        FaultKinds.Delay => new AnomalyParameters { DelayMs = dice.Between(20, 1_500), JitterMs = 0 },
        FaultKinds.Exception => new AnomalyParameters { Transient = true },
        FaultKinds.Duplicate => new AnomalyParameters { Copies = dice.Between(1, 3) },
        FaultKinds.Reorder => new AnomalyParameters { Hold = dice.Between(1, 5) },
        FaultKinds.Corrupt => new AnomalyParameters { Mode = dice.Pick<string>(["truncate", "flip", "garbage"]) },
        FaultKinds.Storm => new AnomalyParameters { Count = dice.Between(5, 50) },
        _ => null,
    };

    private sealed record Place(string Service, FaultPoint Point, string Kind, string? Message);
}
