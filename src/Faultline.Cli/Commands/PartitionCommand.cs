using System.CommandLine;
using Faultline.Cli.Output;
using Faultline.Lab.Api;

namespace Faultline.Cli.Commands;

/// <summary>Cuts a system in two, and joins it again.</summary>
internal static class PartitionCommand
{
    private static readonly Argument<string[]> Group = new("group") { Description = "One side: services (ticketflow/tickets), instances (tickets-2), client, database or broker", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string[]> From = new("--from") { Description = "The other side; everything else when absent", HelpName = "ends", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string?> Way = new("--way") { Description = "both, out (what the group sends does not arrive) or in", HelpName = "way" };
    private static readonly Option<string?> Name = new("--name") { Description = "Its name, for heal", HelpName = "name" };
    private static readonly Option<string?> OfSystem = new("--system") { Description = "The system, when several run", HelpName = "name" };
    private static readonly Argument<string?> Healed = new("name") { Description = "Which partition; all when absent", Arity = ArgumentArity.ZeroOrOne };

    public static Verb Create(Screen screen) => new Verb(
        "partition", "Cuts every link between two groups of a system",
        "faultline partition ticketflow/tickets --from broker database",
        "faultline partition ticketflow/inquiries ticketflow/translations --way out")
    {
        Group, From, Way, Name, OfSystem,
    }.Does(screen, CutAsync);

    public static Verb CreateHeal(Screen screen) => new Verb("heal", "Joins what partitions have cut; other faults on links stay", "faultline heal", "faultline heal by-hand") { Healed }.Does(screen, HealAsync);

    private static async Task CutAsync(CommandContext context)
    {
        var request = new PartitionRequest(context.Value(Group), context.Value(From) is { Length: > 0 } from ? from : null, context.Value(Way), context.Value(Name), context.Value(OfSystem));
        PartitionView cut = await context.Lab.PostAsync<PartitionView>("/api/partitions", request, context.Stop);
        if (context.Json) context.Screen.Json(cut);
        else context.Screen.Line($"{cut.System}: partition '{cut.Name}' cuts {string.Join(", ", cut.Links)}");
    }

    private static async Task HealAsync(CommandContext context)
    {
        string query = context.Arguments.GetValue(Healed) is { } name ? $"?name={Uri.EscapeDataString(name)}" : "";
        IReadOnlyList<PartitionView> healed = await context.Lab.DeleteAsync<IReadOnlyList<PartitionView>>($"/api/partitions{query}", context.Stop);
        if (context.Json) context.Screen.Json(healed);
        else if (healed.Count == 0) context.Screen.Line("Nothing was cut.");
        else foreach (PartitionView partition in healed) context.Screen.Line($"{partition.System}: partition '{partition.Name}' is healed ({string.Join(", ", partition.Links)})");
    }
}
