using Faultline.Bench.Throughput.Baseline;
using Faultline.Bench.Throughput.Core;

namespace Faultline.Bench.Throughput.Contenders;

/// <summary>All contenders. The first is what the ratios refer to.</summary>
internal static class ContenderTable
{
    /// <summary>The baseline once more under another name: how far its ratio is from 1 is how much of any ratio is noise. Runs only when it is asked for.</summary>
    private const string Control = "control";

    private static readonly IContender[] All =
    [
        new BaselineContender("baseline"), new BaselineContender(Control),
        new CoreContender("core", audit: false, entityFramework: false), new CoreContender("core-audit", audit: true, entityFramework: false),
        new CoreContender("core-ef", audit: false, entityFramework: true), new CoreContender("core-ef-audit", audit: true, entityFramework: true),
    ];

    /// <summary>Those that run when the user names none, in this order.</summary>
    public static IReadOnlyList<string> Defaults { get; } = [.. All.Select(contender => contender.Name).Where(name => name != Control)];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(contender => contender.Name)];

    /// <summary>The one of that name.</summary>
    public static IContender Get(string name) => All.Single(contender => contender.Name == name);
}
