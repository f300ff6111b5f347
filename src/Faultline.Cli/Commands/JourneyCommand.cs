using System.CommandLine;
using System.Globalization;
using Faultline.Cli.Output;
using Faultline.Lab.Api;
using Faultline.Verification.Ledger;

namespace Faultline.Cli.Commands;

/// <summary>Tells the life of a message or an operation.</summary>
internal static class JourneyCommand
{
    private static readonly Argument<string> Id = new("id") { Description = "The id of a message, of an operation, or of what messages are about (their key)" };

    public static Verb Create(Screen screen) => new Verb("journey", "The life of one message or operation, as a timeline", "faultline journey 0199d0a2-5f0e-7c3a-9a51-3a3f0a7b9c11") { Id }.Does(screen, RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        JourneyView journey = await context.Lab.GetAsync<JourneyView>($"/api/journey/{Uri.EscapeDataString(context.Value(Id))}", context.Stop);
        if (context.Json)
        {
            context.Screen.Json(journey);
            return;
        }

        context.Screen.Line($"{char.ToUpperInvariant(journey.Of[0])}{journey.Of[1..]} {journey.Id} of {journey.System}");
        context.Screen.Table(["time", "where", "what", "attempt"], journey.Steps.Select(Row));
    }

    private static string[] Row(JourneyStep step) =>
    [
        step.At is { } at ? at.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) : "", Screen.Safe(step.Instance ?? step.Service),
        step.IsFault || step.At is null ? Screen.Bad(step.What) : Screen.Safe(step.What), step.Attempt > 1 ? $"{step.Attempt}" : "",
    ];
}
