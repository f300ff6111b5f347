namespace Faultline.Lab.Systems;

/// <summary>How the runtime of a service is set for a life that a fault may end within seconds.</summary>
/// <remarks>
/// After 30 calls the runtime compiles a method a second time, optimised. A service that is killed and started again and again spends a fifth of its processor time on that and never earns it back.
/// With 1,024 calls a battery takes a third less processor time (docs/performance.md), and a method that matters still gets there within seconds of load.
/// </remarks>
internal static class YoungProcess
{
    /// <summary>The runtime's environment variable; it reads the value as hexadecimal.</summary>
    public const string Variable = "DOTNET_TC_CallCountThreshold";

    /// <summary>1,024 calls.</summary>
    public const string CallCountThreshold = "400";
}
