using System.CommandLine;
using Faultline.Cli.Composition;
using Faultline.Cli.Output;
using Faultline.Protocol.Guards;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>Shows and switches guards.</summary>
internal static class GuardsCommand
{
    private static readonly Argument<string> Service = new("service") { Description = "As system/service" };
    private static readonly Argument<string?> ServiceFilter = new("service") { Description = "Only of this service", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> Guard = new("guard") { Description = "Its name" };
    private static readonly Argument<string> State = new("state") { Description = "on or off" };

    public static Verb Create(Screen screen) => new("guards", "The protective patterns of each service, on or off", "faultline guards list", "faultline guards set ticketflow/tickets inbox off")
    {
        new Verb("list", "Each guard of each service", "faultline guards list ticketflow/tickets") { ServiceFilter }.Does(screen, ListAsync),
        new Verb("set", "Switches a guard on all instances of a service", "faultline guards set ticketflow/tickets inbox off") { Service, Guard, State }.Does(screen, SetAsync),
    };

    private static async Task ListAsync(CommandContext context)
    {
        string path = context.Arguments.GetValue(ServiceFilter) is { } service ? $"/api/services/{LogsCommand.PathOf(service)}/guards" : "/api/guards";
        IReadOnlyList<GuardState> guards = await context.Lab.GetAsync<IReadOnlyList<GuardState>>(path, context.Stop);
        if (context.Json) context.Screen.Json(guards);
        else context.Screen.Table(["service", "guard", "state", "protects from"], guards.Select(guard => (string[])[Screen.Safe(guard.Service), Screen.Safe(guard.Name), Shown(guard.On), Screen.Safe(ProtectsFrom(guard))]));
    }

    private static async Task SetAsync(CommandContext context)
    {
        string text = context.Value(State);
        bool on = text switch
        {
            "on" => true,
            "off" => false,
            _ => throw new CommandException(ExitCode.Usage, $"The state is '{text}'; it must be on or off."),
        };
        GuardState guard = await context.Lab.PutAsync<GuardState>($"/api/services/{LogsCommand.PathOf(context.Value(Service))}/guards/{Uri.EscapeDataString(context.Value(Guard))}", new { on }, context.Stop);
        if (context.Json) context.Screen.Json(guard);
        else context.Screen.Line($"{guard.Service}: {guard.Name} is {(guard.On ? "on" : "off")}");
    }

    private static string? ProtectsFrom(GuardState guard) =>
        Systems.Specs().SelectMany(system => system.Services).FirstOrDefault(service => service.Service == guard.Service)?.Guards.FirstOrDefault(known => known.Name == guard.Name)?.Protects ?? GuardNames.Find(guard.Name)?.Protects;

    private static string Shown(bool on) => on ? Screen.Good("on") : Screen.Bad("off");
}
