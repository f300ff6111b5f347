using System.CommandLine;
using System.Globalization;
using Faultline.Cli.Composition;
using Faultline.Cli.Output;
using Faultline.Lab.Control;
using Faultline.Lab.Systems;

namespace Faultline.Cli.Commands;

/// <summary>Migrations alone: shows them, or applies those that are missing; through the lab when it runs.</summary>
internal static class MigrateCommand
{
    private static readonly Argument<string[]> Names = new("system") { Description = "Which systems; all when none is named", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> Status = new("--status") { Description = "Only show which are applied" };

    public static Verb Create(Screen screen) => new Verb("migrate", "Applies the migrations of the services' databases that are missing", "faultline migrate", "faultline migrate --status")
    {
        Names, Status, LabFolderOptions.Postgres,
    }.Does(screen, RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        IReadOnlyList<string> names = Systems.Named(context.Value(Names));
        List<MigrationView> migrations = [];
        if (await LabFolder.IsRunningAsync(context))
        {
            foreach (string name in names) migrations.AddRange(await AskAsync(context, name));
        }
        else
        {
            await using ControlPlane plane = await LabFolder.OpenAsync(context);
            foreach (string name in names) migrations.AddRange(await plane.MigrateAsync(name, !context.Value(Status), context.Stop));
        }

        if (context.Json) context.Screen.Json(migrations);
        else context.Screen.Table(["service", "of", "migration", "applied"], migrations.Select(migration => (string[])
        [
            Screen.Safe(migration.Service), Screen.Safe(migration.Scope), Screen.Safe(migration.Name),
            migration.AppliedAt is { } at ? at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : Screen.Warn("missing"),
        ]));
    }

    private static Task<IReadOnlyList<MigrationView>> AskAsync(CommandContext context, string system)
    {
        string path = $"/api/systems/{Uri.EscapeDataString(system)}/migrations";
        return context.Value(Status) ? context.Lab.GetAsync<IReadOnlyList<MigrationView>>(path, context.Stop) : context.Lab.PostAsync<IReadOnlyList<MigrationView>>(path, new { }, context.Stop);
    }
}
