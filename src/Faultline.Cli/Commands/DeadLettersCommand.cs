using System.CommandLine;
using System.Globalization;
using Faultline.Cli.Output;
using Faultline.Protocol.Services;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>Dead letters: shows them, puts them back, discards them.</summary>
internal static class DeadLettersCommand
{
    private static readonly Argument<string?> ServiceFilter = new("service") { Description = "Only of this service", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> Service = new("service") { Description = "As system/service" };
    private static readonly Argument<long> Id = new("id") { Description = "The number in the list" };
    private static readonly Argument<long[]> Ids = new("id") { Description = "The numbers in the list", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> All = new("--all") { Description = "All of the service" };

    public static Verb Create(Screen screen) => new(
        "deadletters", "Messages that kept failing, with reason and history", "faultline deadletters list", "faultline deadletters show ticketflow/tickets 3", "faultline deadletters replay ticketflow/tickets --all",
        "faultline deadletters discard ticketflow/tickets 3 4")
    {
        new Verb("list", "All of them, newest first", "faultline deadletters list ticketflow/tickets") { ServiceFilter }.Does(screen, ListAsync),
        new Verb("show", "One with reason, history and body", "faultline deadletters show ticketflow/tickets 3") { Service, Id }.Does(screen, ShowAsync),
        new Verb("replay", "Puts some or all back into their queue", "faultline deadletters replay ticketflow/tickets 3 4", "faultline deadletters replay ticketflow/tickets --all") { Service, Ids, All }
            .Does(screen, context => SendAsync(context, "replay", "put back")),
        new Verb("discard", "Discards some or all", "faultline deadletters discard ticketflow/tickets --all") { Service, Ids, All }.Does(screen, context => SendAsync(context, "discard", "discarded")),
    };

    private static async Task ListAsync(CommandContext context)
    {
        string path = context.Arguments.GetValue(ServiceFilter) is { } service ? $"/api/services/{LogsCommand.PathOf(service)}/deadletters" : "/api/deadletters";
        IReadOnlyList<DeadLetterView> letters = await context.Lab.GetAsync<IReadOnlyList<DeadLetterView>>(path, context.Stop);
        if (context.Json) context.Screen.Json(letters);
        else if (letters.Count == 0) context.Screen.Line("No dead letters.");
        else
        {
            context.Screen.Table(["service", "id", "message", "type", "attempts", "since", "reason"], letters.Select(letter => (string[])
            [
                Screen.Safe(letter.Service), $"{letter.Id}", $"{letter.MessageId}", Screen.Safe(letter.Type), $"{letter.Attempts}", Time(letter.At), Screen.Safe(letter.Reason),
            ]));
        }
    }

    private static async Task ShowAsync(CommandContext context)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/api/services/{LogsCommand.PathOf(context.Value(Service))}/deadletters/{context.Value(Id)}");
        DeadLetterView letter = await context.Lab.GetAsync<DeadLetterView>(path, context.Stop);
        if (context.Json)
        {
            context.Screen.Json(letter);
            return;
        }

        context.Screen.Table(["", ""],
        [
            ["service", Screen.Safe(letter.Service)], ["id", $"{letter.Id}"], ["message", $"{letter.MessageId}"], ["type", Screen.Safe($"{letter.Type} {letter.Version}")], ["key", Screen.Safe(letter.Key)],
            ["operation", Screen.Safe(letter.OperationId)], ["since", Time(letter.At)], ["attempts", $"{letter.Attempts}"], ["reason", Screen.Bad(letter.Reason)],
            ["history", Screen.Safe(string.Join('\n', letter.History))], ["body", Screen.Safe(letter.Body)],
        ]);
    }

    private static async Task SendAsync(CommandContext context, string verb, string done)
    {
        long[] ids = context.Value(Ids);
        bool all = context.Value(All);
        if (all == ids.Length > 0) throw new CommandException(ExitCode.Usage, "Name dead letters by their numbers, or take all of them with --all; one of the two.");

        string path = $"/api/services/{LogsCommand.PathOf(context.Value(Service))}/deadletters/{verb}";
        Counted counted = await context.Lab.PostAsync<Counted>(path, all ? new { all } : new { ids }, context.Stop);
        if (context.Json) context.Screen.Json(counted);
        else context.Screen.Line($"{counted.Count} {done}");
    }

    private static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private sealed record Counted(int Count);
}
