using System.Globalization;
using System.Security.Cryptography;
using Faultline.Lab.OwnSystems;
using Faultline.Lab.Schedules;
using Faultline.Lab.Systems;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;
using Faultline.Triggers;
using Faultline.Verification.Experiments;

namespace Faultline.Lab.Experiments;

/// <summary>Something that is wrong with an order.</summary>
/// <param name="Option">The option that is wrong; null when the text says it all.</param>
/// <param name="Text">What is wrong, the value it has, and what is allowed.</param>
public sealed record RunProblem(string? Option, string Text)
{
    /// <summary>The sentence, with the option as it is written here.</summary>
    /// <param name="prefix">What stands before the names of options: <c>--</c> on a command line.</param>
    public string With(string prefix) => Option is null ? Text : $"{prefix}{Option} {Text}";

    /// <inheritdoc />
    public override string ToString() => With("");
}

/// <summary>What planning an order gave: a plan, or every problem at once.</summary>
/// <param name="Plan">The plan; null when there is any problem.</param>
/// <param name="Problems">All problems.</param>
public sealed record RunPlanning(RunPlan? Plan, IReadOnlyList<RunProblem> Problems);

/// <summary>An order with every name resolved: what is run, on which system, with which seed.</summary>
/// <param name="System">The system.</param>
/// <param name="Battery">The experiments.</param>
/// <param name="Seed">Decides every random choice.</param>
/// <param name="Guards">Guards that are switched in every experiment.</param>
/// <param name="Order">What was asked for.</param>
public sealed record RunPlan(LabSystemSpec System, Battery Battery, Seed Seed, IReadOnlyList<GuardSpec> Guards, RunOrder Order)
{
    /// <summary>The most instances of each service.</summary>
    public const int ReplicasMax = 9;

    /// <summary>The brokers that a lab has.</summary>
    public static IReadOnlyList<string> Brokers => BrokerNames.All;

    private const string UnnamedFile = "experiment.yaml";

    /// <summary>How many seeds share one running system at the same time, from <see cref="Seed"/> on.</summary>
    /// <value>1; 1 to <see cref="Copies.Max"/>.</value>
    public int AtOnce { get; init; } = 1;

    /// <summary>The experiments that run: those of <see cref="Battery"/>, or so many copies of each as there are seeds at once.</summary>
    public Battery Running => Copies.Of(Battery, Seed, AtOnce);

    /// <summary>What is run, as the command line names it.</summary>
    public string What => $"{Order.Battery ?? Order.File ?? UnnamedFile}{(Order.Only is { } only ? $" --only {string.Join(',', only)}" : "")}{(Order.Long ? " --long" : "")}";

    /// <summary>The exact command that repeats the run.</summary>
    public string Command =>
        $"faultline run {What} --seed {Seed}{(Guards.Count == 0 ? "" : $" --guards {string.Join(',', Guards)}")}{(Order.Replicas is { } replicas ? $" --replicas {replicas}" : "")}{(Order.Broker is { } broker ? $" --broker {broker}" : "")}{(Order.Profile is { } profile ? $" --profile {profile}" : "")}{(Order.Orders is { } own ? $" --orders {own}" : "")}{(AtOnce == 1 ? "" : $" --repeat {AtOnce} --at-once {AtOnce}")}";

    /// <summary>Checks an order before anything starts.</summary>
    /// <param name="order">What is asked for.</param>
    /// <param name="systems">What may be named.</param>
    /// <param name="hasLinks">Whether the lab has links that a profile can break.</param>
    public static RunPlanning Of(RunOrder order, IReadOnlyList<LabSystemSpec> systems, bool hasLinks = true)
    {
        var problems = new List<RunProblem>();
        if (order.Replicas is < 1 or > ReplicasMax) problems.Add(new RunProblem("replicas", $"is {order.Replicas}; it must be 1 to {ReplicasMax}."));
        if (order.Broker is { } broker && !Brokers.Contains(broker)) problems.Add(new RunProblem("broker", $"is '{broker}'; it must be {string.Join(" or ", Brokers)}."));
        if (Find(order, systems, problems) is not var (system, battery)) return new RunPlanning(null, problems);

        battery = Chosen(battery, order, problems);
        CheckProfile(order, system, battery, hasLinks, problems);
        CheckOwn(order, system, problems);
        if (system.IsOwn && order.Broker is { } unused) problems.Add(new RunProblem("broker", $"is '{unused}', and {system.Name} is a system of your own, which brings what it needs; leave it out."));
        IReadOnlyList<GuardSpec> guards = GuardsOf(order, system, problems);
        problems.AddRange(LinkFaultCheck.Problems(battery.Cells, TimeProvider.System).Select(problem => new RunProblem(null, problem)));
        if (problems.Count > 0) return new RunPlanning(null, problems);

        ulong seed = order.Seed ?? battery.Cells.Select(cell => cell.Seed).FirstOrDefault(own => own is not null) ?? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
        return new RunPlanning(new RunPlan(system, battery, new Seed(seed), guards, order), []);
    }

    /// <summary>The folder of the report, below the folder of all reports.</summary>
    /// <param name="root">The folder that holds <c>.faultline</c>.</param>
    /// <param name="at">When the run begins.</param>
    public string FolderBelow(string root, DateTimeOffset at) =>
        Path.Combine(root, ".faultline", "reports", string.Create(CultureInfo.InvariantCulture, $"{Battery.Name.Replace('/', '-')}-{Seed}-{at:yyyyMMdd-HHmmss}"));

    /// <summary>The run itself.</summary>
    /// <param name="run">Tells it from others on the same data; null where there are none.</param>
    /// <param name="folder">Where the report files go.</param>
    public RunRequest Request(string? run, string folder) => new()
    {
        Battery = Running,
        Seed = Seed,
        Guards = Guards,
        Replicas = Order.Replicas,
        Broker = Order.Broker,
        Profile = Order.Profile,
        StandIn = Order.Orders is { } source ? new StandIn { Service = System.Checks.OwnService!, Source = source } : null,
        Run = run,
        ReportFolder = folder,
        Command = Command,
    };

    private static (LabSystemSpec System, Battery Battery)? Find(RunOrder order, IReadOnlyList<LabSystemSpec> systems, List<RunProblem> problems)
    {
        string batteries = string.Join(", ", systems.SelectMany(system => system.Checks.Batteries).Select(battery => battery.Name));
        if (order.Battery is null && order.Experiment is null) problems.Add(new RunProblem("battery", $"is missing; it must be one of: {batteries}; or 'experiment' the text of an experiment file."));
        else if (order.Battery is not null && order.Experiment is not null) problems.Add(new RunProblem("experiment", "is given beside 'battery'; it must be one of the two."));
        else if (order.Experiment is not null && order.Long) problems.Add(new RunProblem("long", "is for batteries; an experiment file has no long form."));
        else if (order.Experiment is { } text) return Read(text, order, systems, problems);
        else if (systems.FirstOrDefault(system => system.Checks.Batteries.Any(battery => battery.Name == order.Battery)) is not { } system) problems.Add(new RunProblem(null, $"There is no battery '{order.Battery}', and no file of that name; there are the batteries {batteries}."));
        else if (system.Checks.Batteries.First(battery => battery.Name == order.Battery) is var battery && order.Long && battery.MakeLong is null) problems.Add(new RunProblem("long", $"is for batteries that have a long form ({string.Join(", ", systems.SelectMany(known => known.Checks.Batteries).Where(known => known.MakeLong is not null).Select(known => known.Name))}); '{order.Battery}' has none."));
        else return (system, (order.Long ? battery.MakeLong! : battery.Make)(system.Description));
        return null;
    }

    private static (LabSystemSpec System, Battery Battery)? Read(string text, RunOrder order, IReadOnlyList<LabSystemSpec> systems, List<RunProblem> problems)
    {
        string file = order.File ?? UnnamedFile;
        var catalogue = new Catalogue([.. systems.Select(system => system.Description)], Brokers, Catalogue.EmbeddedInfrastructure) { Paths = SystemPaths.In(text, order.Folder, systems.Select(system => (system.Name, system.File))) };
        Reading reading = ExperimentReader.Read(text, file, catalogue);
        if (reading.Battery is { } battery) return (systems.First(system => system.Name == battery.Cells[0].System), battery);

        problems.Add(new RunProblem(null, $"{file} cannot be run:\n{string.Join('\n', reading.Lines)}"));
        return null;
    }

    private static void CheckProfile(RunOrder order, LabSystemSpec system, Battery battery, bool hasLinks, List<RunProblem> problems)
    {
        string[] profiles = [.. system.Checks.Profiles.Select(profile => profile.Name)];
        if (order.Profile is { } profile && !profiles.Contains(profile)) problems.Add(new RunProblem("profile", profiles.Length == 0 ? $"is '{profile}'; {system.Name} has no profiles." : $"is '{profile}'; it must be one of {string.Join(", ", profiles)}."));
        else if (!hasLinks && battery.Cells.Select(cell => order.Profile ?? cell.Profile).FirstOrDefault(name => system.Checks.Profiles.Any(known => known.Name == name && !known.IsCalm)) is { } wanted)
        {
            problems.Add(new RunProblem("profile", $"is '{wanted}', and this lab was started without links, so none can be broken; start it without --no-links."));
        }
    }

    private static void CheckOwn(RunOrder order, LabSystemSpec system, List<RunProblem> problems)
    {
        if (order.Orders is not { } source) return;

        if (system.Checks.OwnService is null) problems.Add(new RunProblem("orders", $"is '{source}'; no service of {system.Name} can be replaced."));
        else if (StandInSource.Problem(source) is { } problem) problems.Add(new RunProblem("orders", $"{problem}."));
        else if (order.Guards is { Count: > 0 }) problems.Add(new RunProblem("guards", "cannot be given beside 'orders': a program of your own has no guards that the lab could switch."));
    }

    private static Battery Chosen(Battery battery, RunOrder order, List<RunProblem> problems)
    {
        if (order.Only is not { } only) return battery;

        string[] parts = [.. only.Where(part => !string.IsNullOrWhiteSpace(part))];
        Battery chosen = battery with { Cells = [.. battery.Cells.Where(cell => parts.Any(part => cell.Name.Contains(part.Trim(), StringComparison.OrdinalIgnoreCase)))] };
        if (chosen.Cells.Count == 0) problems.Add(new RunProblem(null, $"No experiment of {battery.Name} has a name with '{string.Join(',', only)}'; 'faultline list --json' shows their names."));
        return chosen;
    }

    private static List<GuardSpec> GuardsOf(RunOrder order, LabSystemSpec system, List<RunProblem> problems)
    {
        var guards = new List<GuardSpec>();
        foreach (string? part in order.Guards ?? [])
        {
            if (GuardSpec.Read(part ?? "") is not { } guard) problems.Add(new RunProblem(null, $"'{part}' is no guard to switch; write -name for off or +name for on, like -outbox."));
            else if (Known(system).All(known => known.Name != guard.Guard)) problems.Add(new RunProblem(null, $"There is no guard '{guard.Guard}'; there are: {string.Join(", ", Known(system).Select(known => known.Name))}."));
            else if (guard.Service is { } service && system.Description.Find(service) is null) problems.Add(new RunProblem(null, $"There is no service '{service}'; there are: {string.Join(", ", system.Services.Select(known => known.Service))}."));
            else guards.Add(guard);
        }

        return guards;
    }

    private static IEnumerable<GuardDescription> Known(LabSystemSpec system) => system.Services.SelectMany(service => service.Guards).DistinctBy(guard => guard.Name);
}
