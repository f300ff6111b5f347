using System.Globalization;
using Faultline.Cli.Composition;
using Faultline.Lab;
using Faultline.Lab.Control;

namespace Faultline.Cli.Commands;

/// <summary>Opens the databases of a lab that does not run at the moment.</summary>
internal static class LabFolder
{
    /// <summary>Starts the databases of the lab that <c>--lab</c> names, without its systems.</summary>
    public static Task<ControlPlane> OpenAsync(CommandContext context) => ControlPlane.StartAsync(
        new LabOptions { Root = CommandContext.Root, Name = context.Lab.Lab.Port.ToString(CultureInfo.InvariantCulture), Postgres = context.Value(LabFolderOptions.Postgres) },
        Systems.Specs(), TimeProvider.System, new Progress<string>(), context.Stop);

    /// <summary>Whether the lab itself must do it, because it runs or is on another machine.</summary>
    public static async Task<bool> IsRunningAsync(CommandContext context) => !context.Lab.Lab.IsLoopback || await context.Lab.IsThereAsync(context.Stop);
}
