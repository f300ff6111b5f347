using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Faultline.Lab.Control;
using Faultline.Lab.Supervisor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>GET /status, and GET / where there is no workbench: a plain page without scripts that shows what runs.</summary>
internal static class StatusPage
{
    private const double BytesPerMegabyte = 1024 * 1024;

    private const string Policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <param name="routes">Where to map it.</param>
    /// <param name="isFront">Whether it is what a person sees first, because there is no workbench.</param>
    public static void Map(IEndpointRouteBuilder routes, bool isFront)
    {
        if (isFront) routes.MapGet("/", HandleAsync).ExcludeFromDescription();
        routes.MapGet("/status", HandleAsync).ExcludeFromDescription();
        routes.MapGet("/status.css", () => Results.Text(StatusStyle.Text, "text/css; charset=utf-8")).ExcludeFromDescription();
    }

    private static async Task HandleAsync(HttpContext http, StatusReader status)
    {
        LabStatus lab = await status.ReadAsync(http.RequestAborted);
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsync(Render(lab), http.RequestAborted);
    }

    private static string Render(LabStatus lab)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Faultline lab {Safe(lab.Lab)}</title>
            <link rel="stylesheet" href="/status.css">
            </head>
            <body>
            <header>
            <h1>Faultline lab {Safe(lab.Lab)}</h1>
            <p>{Safe(PhaseText(lab.Phase))} since {At(lab.StartedAt)}, process {lab.Pid}, version {Safe(lab.Version)}. <a href="">Look again</a> · <a href="/openapi/v1.json">OpenAPI document</a></p>
            </header>
            <main>

            """);
        foreach (SystemStatus system in lab.Systems) AppendSystem(page, system);
        AppendInfrastructure(page, lab);
        AppendDisruptions(page, lab);
        page.Append("</main>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static void AppendSystem(StringBuilder page, SystemStatus system)
    {
        page.Append(CultureInfo.InvariantCulture, $"<section>\n<h2>{Safe(system.Name)}</h2>\n");
        if (!system.IsRunning && system.Services.All(service => service.Instances.Count == 0))
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>Does not run in this lab. Start it with <code>faultline up {Safe(system.Name)}</code>.</p>\n</section>\n");
            return;
        }

        page.Append("<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Service</th><th scope=\"col\">Instances</th><th scope=\"col\">Guards off</th><th scope=\"col\">Anomalies</th>"
            + "<th scope=\"col\">Queue</th><th scope=\"col\">Outbox</th><th scope=\"col\">Parked</th><th scope=\"col\">Dead letters</th></tr></thead>\n<tbody>\n");
        foreach (ServiceStatus service in system.Services)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Safe(service.Service)}</th><td>{Instances(service.Instances)}</td>")
                .Append(Cell(service.GuardsOff is null ? null : string.Join(", ", service.GuardsOff), marked: service.GuardsOff is { Count: > 0 }))
                .Append(Cell(Count(service.Anomalies), marked: service.Anomalies > 0))
                .Append(Cell(Count(service.Messaging?.Queue), marked: false)).Append(Cell(Count(service.Messaging?.Outbox), marked: false))
                .Append(Cell(Count(service.Messaging?.Parked), marked: service.Messaging?.Parked > 0)).Append(Cell(Count(service.Messaging?.DeadLetters), marked: service.Messaging?.DeadLetters > 0))
                .Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n</section>\n");
    }

    private static void AppendInfrastructure(StringBuilder page, LabStatus lab)
    {
        if (lab.Infrastructure.Count == 0) return;

        page.Append("<section>\n<h2>Database servers</h2>\n<ul>\n");
        foreach (InstanceStatus server in lab.Infrastructure) page.Append("<li>").Append(Instance(server)).Append("</li>\n");
        page.Append("</ul>\n</section>\n");
    }

    private static void AppendDisruptions(StringBuilder page, LabStatus lab)
    {
        if (lab.Disruptions.Count == 0) return;

        page.Append("<section>\n<h2>Down on purpose</h2>\n<ul>\n");
        foreach (Instances.DisruptionRecord down in lab.Disruptions) page.Append(CultureInfo.InvariantCulture, $"<li>{Safe(down.Target)}: {Safe(down.Verb)} at {At(down.At)}</li>\n");
        page.Append("</ul>\n</section>\n");
    }

    private static string Instances(IReadOnlyList<InstanceStatus> instances) =>
        instances.Count == 0 ? "none yet" : "<ul>" + string.Concat(instances.Select(instance => $"<li>{Instance(instance)}</li>")) + "</ul>";

    private static string Instance(InstanceStatus instance)
    {
        string state = instance.State.ToString().ToLowerInvariant();
        string mark = instance.State == ProcessState.Healthy ? "good" : "bad";
        string address = instance.Address is { } at ? $" {Safe(at)}" : "";
        string memory = instance.PrivateBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $", {bytes / BytesPerMegabyte:0} MB") : "";
        string restarts = instance.Restarts > 0 ? string.Create(CultureInfo.InvariantCulture, $", restarted {instance.Restarts} times") : "";
        string problem = instance.Problem is { } why ? $"<br><span class=\"why\">{Safe(why)}</span>" : "";
        return $"{Safe(instance.Target)} <strong class=\"{mark}\">{state}</strong>{address}{memory}{restarts}{problem}";
    }

    private static string Cell(string? text, bool marked) => text is null ? "<td class=\"unknown\">does not answer</td>" : $"<td{(marked ? " class=\"marked\"" : "")}>{Safe(text.Length == 0 ? "–" : text)}</td>";

    private static string? Count(long? count) => count?.ToString(CultureInfo.InvariantCulture);

    private static string PhaseText(LabPhase phase) => phase switch { LabPhase.Starting => "Starting", LabPhase.Stopping => "Stopping", _ => "Running" };

    private static string At(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"<time datetime=\"{at:O}\">{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC</time>");

    private static string Safe(string text) => HtmlEncoder.Default.Encode(text);
}
