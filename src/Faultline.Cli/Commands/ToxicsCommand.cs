using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Faultline.Cli.Output;
using Faultline.Lab.Api;
using Faultline.Lab.Control;
using Faultline.Protocol.Faults;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>Faults on links, by hand: toxics and HTTP faults.</summary>
internal static class ToxicsCommand
{
    private static readonly Argument<string> Link = new("link") { Description = "As ticketflow/tickets-broker for all instances, or ticketflow/tickets-1-broker; 'faultline links' shows them" };
    private static readonly Argument<string> Type = new("type") { Description = string.Join(", ", ToxicForms.Types) };
    private static readonly Argument<string[]> Kinds = new("kind") { Description = string.Join(", ", ToxicForms.HttpKinds) + "; of several one is picked at each firing", Arity = ArgumentArity.OneOrMore };
    private static readonly Argument<string> FaultName = new("name") { Description = "Its name; 'faultline toxics list' shows it" };
    private static readonly Option<string[]> Attribute = new("--attribute", "-a") { Description = "An attribute as name=value, several times where needed", HelpName = "name=value", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string?> Name = new("--name") { Description = "Its name; made of what it does when absent", HelpName = "name" };
    private static readonly Option<string?> Instance = new("--instance") { Description = "Only the links of this instance, such as tickets-2", HelpName = "name" };
    private static readonly Option<string?> Stream = new("--stream") { Description = "upstream (to the server) or downstream (from it)", HelpName = "direction" };
    private static readonly Option<double?> Toxicity = new("--toxicity") { Description = "The share of connections, 0 to 1", HelpName = "p" };
    private static readonly Option<double?> For = new("--for") { Description = "Goes away by itself after so many seconds", HelpName = "seconds" };
    private static readonly Option<ulong?> Seed = new("--seed") { Description = "Decides every random choice", HelpName = "n" };
    private static readonly Option<string?> When = new("--when") { Description = "before the work (it is not done) or after (the reply is lost or changed)", HelpName = "phase" };
    private static readonly Option<string?> Method = new("--method") { Description = "Only requests of this method", HelpName = "method" };
    private static readonly Option<string?> Path = new("--path") { Description = "Only requests of this path; a trailing * matches any rest", HelpName = "path" };
    private static readonly Option<double?> Probability = new("--probability") { Description = "Each request with this chance, above 0 and at most 1", HelpName = "p" };
    private static readonly Option<long?> Nth = new("--nth") { Description = "The k-th request only", HelpName = "k" };
    private static readonly Option<long?> First = new("--first") { Description = "The first n requests", HelpName = "n" };
    private static readonly Option<long?> Every = new("--every") { Description = "Every k-th request", HelpName = "k" };

    public static Verb Create(Screen screen) => new(
        "toxics", "Faults on links, by hand", "faultline toxics add ticketflow/tickets-broker latency -a latency=200", "faultline toxics list", "faultline toxics clear")
    {
        Add(screen),
        Http(screen),
        new Verb("list", "What is set on links, with its counters", "faultline toxics list").Does(screen, ListAsync),
        new Verb("remove", "Removes the faults of a name from every link", "faultline toxics remove latency_downstream") { FaultName }.Does(screen, RemoveAsync),
        new Verb("clear", "Removes all faults from all links, partitions too", "faultline toxics clear").Does(screen, ClearAsync),
    };

    private static Verb Add(Screen screen)
    {
        var verb = new Verb(
            "add", "Sets a toxic on a link: what happens to the bytes of its connections",
            "faultline toxics add ticketflow/tickets-broker latency -a latency=200 -a jitter=50",
            "faultline toxics add ticketflow/inquiries-database reset_peer --toxicity 0.3 --for 10",
            "faultline toxics add ticketflow/tickets-broker bandwidth -a rate=20 --stream upstream --instance tickets-2")
        {
            Link, Type,
        };
        foreach (Option option in (Option[])[Attribute, Name, Instance, Stream, Toxicity, For, Seed]) verb.Add(option);
        return verb.Does(screen, AddAsync);
    }

    private static Verb Http(Screen screen)
    {
        var verb = new Verb(
            "http", "Sets an HTTP fault on a link: what happens to its requests and replies",
            "faultline toxics http ticketflow/client-inquiries abort status --when after --method POST --probability 0.2",
            "faultline toxics http ticketflow/client-inquiries latency -a latency_ms=500 --path /inquiries")
        {
            Link, Kinds,
        };
        foreach (Option option in (Option[])[Attribute, Name, Instance, When, Method, Path, Probability, Nth, First, Every, For, Seed]) verb.Add(option);
        return verb.Does(screen, HttpAsync);
    }

    private static async Task AddAsync(CommandContext context)
    {
        var attributes = new Dictionary<string, double>();
        foreach ((string name, string text) in Attributes(context))
        {
            attributes[name] = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw new CommandException(ExitCode.Usage, $"The attribute {name} is '{text}'; it must be a number.");
        }

        var request = new ToxicRequest(context.Value(Link), context.Value(Type), context.Value(Name), context.Value(Instance), context.Value(Stream), context.Value(Toxicity), attributes, context.Value(For), context.Value(Seed));
        Show(await context.Lab.PostAsync<IReadOnlyList<LinkFaultView>>("/api/links/toxics", request, context.Stop), context);
    }

    private static async Task HttpAsync(CommandContext context)
    {
        Dictionary<string, JsonElement> attributes = Attributes(context).ToDictionary(
            pair => pair.Name,
            pair => double.TryParse(pair.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? JsonSerializer.SerializeToElement(value) : JsonSerializer.SerializeToElement(pair.Text));
        var match = new MatchSpec { Method = context.Value(Method), Path = context.Value(Path) };
        var trigger = new TriggerSpec { Probability = context.Value(Probability), Nth = context.Value(Nth), First = context.Value(First), Every = context.Value(Every) };
        var request = new HttpFaultRequest(
            context.Value(Link), context.Value(Kinds), context.Value(Name), context.Value(Instance), context.Value(When), match == new MatchSpec() ? null : match, trigger == new TriggerSpec() ? null : trigger, attributes,
            context.Value(For), context.Value(Seed));
        Show(await context.Lab.PostAsync<IReadOnlyList<LinkFaultView>>("/api/links/http-faults", request, context.Stop), context);
    }

    private static async Task ListAsync(CommandContext context)
    {
        IReadOnlyList<LinkView> links = await context.Lab.GetAsync<IReadOnlyList<LinkView>>("/api/links", context.Stop);
        LinkFaultView[] faults = [.. links.SelectMany(link => link.Faults)];
        if (faults.Length == 0 && !context.Json) context.Screen.Line("No faults are set on links.");
        else Show(faults, context);
    }

    private static async Task RemoveAsync(CommandContext context) => Tell(await context.Lab.DeleteAsync<Cleared>($"/api/links/faults/{Uri.EscapeDataString(context.Value(FaultName))}", context.Stop), context);

    private static async Task ClearAsync(CommandContext context) => Tell(await context.Lab.DeleteAsync<Cleared>("/api/links/faults", context.Stop), context);

    private static void Tell(Cleared cleared, CommandContext context)
    {
        if (context.Json) context.Screen.Json(cleared);
        else context.Screen.Line($"{cleared.Removed} removed");
    }

    private static void Show(IReadOnlyList<LinkFaultView> faults, CommandContext context)
    {
        if (context.Json) context.Screen.Json(faults);
        else
        {
            context.Screen.Table(["link", "name", "what", "acted"], faults.Select(fault => (string[])
                [Screen.Safe(fault.Link), Screen.Safe(fault.Name), Screen.Safe(fault.Says), fault.Acted > 0 ? Screen.Warn(fault.Acted.ToString(CultureInfo.InvariantCulture)) : "0"]));
        }
    }

    private static IEnumerable<(string Name, string Text)> Attributes(CommandContext context)
    {
        foreach (string pair in context.Value(Attribute) ?? [])
        {
            int equals = pair.IndexOf('=');
            if (equals <= 0) throw new CommandException(ExitCode.Usage, $"The attribute '{pair}' must be like latency=200.");
            yield return (pair[..equals], pair[(equals + 1)..]);
        }
    }

    private sealed record Cleared(int Removed);
}
