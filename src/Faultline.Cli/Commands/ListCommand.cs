using Faultline.Cli.Composition;
using Faultline.Cli.Output;
using Faultline.Lab.Api;
using Faultline.Protocol.Faults;

namespace Faultline.Cli.Commands;

/// <summary>Shows everything that can be named: of the lab, or of this build when no lab runs.</summary>
internal static class ListCommand
{
    public static Verb Create(Screen screen) => new Verb(
        "list", "Systems, services, batteries, experiments, invariants, guards, and fault points with their kinds", "faultline list", "faultline list --json").Does(screen, RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        bool isLabNamed = context.Arguments.GetResult(CommonOptions.Lab) is { Implicit: false };
        CatalogueView catalogue = isLabNamed || await context.Lab.IsThereAsync(context.Stop)
            ? await context.Lab.GetAsync<CatalogueView>("/api/catalogue", context.Stop)
            : CatalogueView.Of(Systems.Specs());
        if (context.Json) context.Screen.Json(catalogue);
        else Show(catalogue, context.Screen);
    }

    private static void Show(CatalogueView catalogue, Screen screen)
    {
        foreach (SystemView system in catalogue.Systems) Show(system, screen);
        screen.Heading("Invariants of every system");
        screen.Table(["name", "rule"], catalogue.Invariants.Select(rule => (string[])[Screen.Safe(rule.Name), Screen.Safe(rule.Says)]));
        screen.Line();
        screen.Heading("Guards");
        screen.Table(["name", "protects from"], catalogue.Guards.Select(guard => (string[])[Screen.Safe(guard.Name), Screen.Safe(guard.Protects)]));
        screen.Line();
        screen.Heading("Fault points, and the kinds that make sense there (! loses the message, + ends among the dead letters)");
        screen.Table(["point", "when", "kinds"], catalogue.Points.Select(point => (string[])[Screen.Safe(point.Name), Screen.Safe(point.Says), Screen.Safe(string.Join(' ', point.Kinds.Select(Marked)))]));
    }

    private static void Show(SystemView system, Screen screen)
    {
        screen.Heading(system.Name);
        screen.Table(["service", "publishes", "consumes"], system.Services.Select(service => (string[])
        [
            Screen.Safe(service.Service), Screen.Safe(string.Join(' ', service.Publishes.Select(contract => contract.Type))), Screen.Safe(string.Join(' ', service.Consumes.Select(contract => contract.Type))),
        ]));
        screen.Line();
        if (system.Batteries.Count > 0)
        {
            screen.Table(["battery", "experiments", "shows"], system.Batteries.Select(battery => (string[])[Screen.Safe(battery.Name), Screen.Safe($"{battery.Experiments.Count}"), Screen.Safe(battery.Says)]));
            screen.Line();
        }

        if (system.Checkers.Count > 0)
        {
            screen.Table(["invariant", "rule"], system.Checkers.Select(rule => (string[])[Screen.Safe(rule.Name), Screen.Safe(rule.Says)]));
            screen.Line();
        }
    }

    private static string Marked(KindAtPoint kind) => kind.Effect switch
    {
        FaultEffect.Loses => kind.Kind + "!",
        FaultEffect.DeadLetters => kind.Kind + "+",
        _ => kind.Kind,
    };
}
