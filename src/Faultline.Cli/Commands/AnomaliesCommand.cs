using System.CommandLine;
using System.Globalization;
using Faultline.Cli.Output;
using Faultline.Protocol.Faults;

namespace Faultline.Cli.Commands;

/// <summary>Anomalies by hand.</summary>
internal static class AnomaliesCommand
{
    private static readonly Argument<string> Id = new("id") { Description = "Its id" };
    private static readonly Option<int> Limit = new("--limit", "-n") { Description = "How many, 1 to 1000", HelpName = "n", DefaultValueFactory = _ => 100 };

    public static Verb Create(Screen screen) => new(
        "anomalies", "Faults inside the services, by hand", "faultline anomalies add ticketflow/tickets consume.ack.before crash --once", "faultline anomalies list", "faultline anomalies clear")
    {
        AddAnomalyCommand.Create(screen),
        new Verb("list", "What is set, with its counters", "faultline anomalies list").Does(screen, ListAsync),
        new Verb("remove", "Removes one", "faultline anomalies remove 0199d0a2-5f0e-7c3a-9a51-3a3f0a7b9c11") { Id }.Does(screen, RemoveAsync),
        new Verb("clear", "Removes all, from all services", "faultline anomalies clear").Does(screen, ClearAsync),
        new Verb("firings", "What fired last, when, and on which message", "faultline anomalies firings -n 20") { Limit }.Does(screen, FiringsAsync),
    };

    private static async Task ListAsync(CommandContext context)
    {
        IReadOnlyList<Anomaly> anomalies = await context.Lab.GetAsync<IReadOnlyList<Anomaly>>("/api/anomalies", context.Stop);
        if (context.Json) context.Screen.Json(anomalies);
        else if (anomalies.Count == 0) context.Screen.Line("No anomalies are set.");
        else
        {
            context.Screen.Table(["id", "service", "point", "kind", "matched", "fired", "by"], anomalies.Select(anomaly => (string[])
            [
                $"{anomaly.Id}", Screen.Safe(anomaly.Instance is { } instance ? $"{anomaly.Service} ({instance})" : anomaly.Service), Screen.Safe(anomaly.Point), Screen.Safe(anomaly.Kind), $"{anomaly.Matched}",
                anomaly.Fired > 0 ? Screen.Warn($"{anomaly.Fired}") : "0", Screen.Safe(anomaly.CreatedBy),
            ]));
        }
    }

    private static async Task RemoveAsync(CommandContext context)
    {
        await context.Lab.SendAsync(HttpMethod.Delete, $"/api/anomalies/{Uri.EscapeDataString(context.Value(Id))}", context.Stop);
        if (context.Json) context.Screen.Json(new { removed = 1 });
        else context.Screen.Line("Removed");
    }

    private static async Task ClearAsync(CommandContext context)
    {
        Cleared cleared = await context.Lab.DeleteAsync<Cleared>("/api/anomalies", context.Stop);
        if (context.Json) context.Screen.Json(cleared);
        else context.Screen.Line($"{cleared.Removed} removed");
    }

    private static async Task FiringsAsync(CommandContext context)
    {
        IReadOnlyList<Firing> firings = await context.Lab.GetAsync<IReadOnlyList<Firing>>(string.Create(CultureInfo.InvariantCulture, $"/api/anomalies/firings?limit={context.Value(Limit)}"), context.Stop);
        if (context.Json) context.Screen.Json(firings);
        else if (firings.Count == 0) context.Screen.Line("Nothing has fired.");
        else
        {
            context.Screen.Table(["time", "where", "point", "kind", "message", "type", "attempt"], firings.Select(firing => (string[])
            [
                firing.At.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture), Screen.Safe(firing.Instance), Screen.Safe(firing.Point), Screen.Bad(firing.Kind), $"{firing.MessageId}",
                Screen.Safe(firing.MessageType), $"{firing.Attempt}",
            ]));
        }
    }

    private sealed record Cleared(int Removed);
}
