using Faultline.Hosting;
using Faultline.Lab.Systems;
using Faultline.Verification.Experiments;
using TicketFlow;
using TicketFlow.Checks;

namespace Faultline.Cli.Composition;

/// <summary>The systems that come with the product.</summary>
internal static class Systems
{
    /// <summary>Each with what it brings for its verification.</summary>
    public static IReadOnlyList<(SystemDefinition Definition, ISystemChecks Checks)> All { get; } = [(TicketFlowSystem.Definition, new TicketFlowChecks())];

    /// <summary>A system as a lab starts it.</summary>
    public static LabSystemSpec SpecOf(SystemDefinition system, ISystemChecks checks) => new()
    {
        Name = system.Name,
        Services = [.. system.Services.Select(SystemDefinition.Describe)],
        Routes = system.Topology().Routes,
        Checks = checks,
        Executable = Environment.ProcessPath!,
    };
}
