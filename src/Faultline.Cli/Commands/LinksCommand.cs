using System.Globalization;
using Faultline.Cli.Output;
using Faultline.Lab.Control;

namespace Faultline.Cli.Commands;

/// <summary>Shows the links of the systems that run.</summary>
internal static class LinksCommand
{
    public static Verb Create(Screen screen) => new Verb("links", "The links between the processes: what passes, and which faults are set", "faultline links", "faultline links --json").Does(screen, RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        IReadOnlyList<LinkView> links = await context.Lab.GetAsync<IReadOnlyList<LinkView>>("/api/links", context.Stop);
        if (context.Json) context.Screen.Json(links);
        else if (links.Count == 0) context.Screen.Line("No system runs, or the lab was started without links.");
        else
        {
            context.Screen.Table(["link", "protocol", "listens", "open", "accepted", "sent", "received", "broken", "faults"], links.Select(link => (string[])
            [
                Screen.Safe(link.Link), link.Protocol, Screen.Safe(link.Listen), Number(link.Traffic.ConnectionsOpen), Number(link.Traffic.ConnectionsAccepted), Number(link.Traffic.BytesSent),
                Number(link.Traffic.BytesReceived), Number(link.Traffic.ConnectionsBroken), link.Faults.Count == 0 ? "" : Screen.Warn(string.Join("; ", link.Faults.Select(fault => fault.Says))),
            ]));
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
