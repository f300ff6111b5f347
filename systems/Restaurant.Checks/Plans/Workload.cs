namespace Restaurant.Checks.Plans;

/// <summary>The names of the workloads: an operation's plan goes by them.</summary>
internal static class Workload
{
    public const string Tests = "tests";
    public const string Rush = "rush";
}
