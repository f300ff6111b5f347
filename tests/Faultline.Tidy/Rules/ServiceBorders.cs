using Faultline.Tidy.Sources;

namespace Faultline.Tidy.Rules;

/// <summary>A service uses another's <c>Contracts</c> namespace and nothing else of it (direction 5).</summary>
internal static class ServiceBorders
{
    public static IEnumerable<string> Offenders(IEnumerable<SourceFile> files)
    {
        SourceFile[] all = [.. files.Where(file => ServiceOf(file) is not null)];
        // A folder without the parts of a service (data, handlers, endpoints, contracts) is plain code that the services of a system share.
        ILookup<string, string> services = all.Where(file => file.Path.Split('/') is [_, _, _, var part, _, ..] && (part == "Contracts" || IsFolder(part)))
            .Select(file => ServiceOf(file)!.Value).Distinct().ToLookup(item => item.System, item => item.Service);
        return
            from file in all
            let own = ServiceOf(file)!.Value
            from used in UsedNames.Of(file)
            from other in services[own.System]
            where other != own.Service && Crosses(used.Name, own.System, other)
            select $"{file.At(used.Node)} uses {used.Name}; of {other} only its Contracts may be used";
    }

    // Inside its system a name may leave out the system: `Desk.Data.Row` in `TicketFlow.Inquiries` means `TicketFlow.Desk.Data.Row`.
    private static bool Crosses(string name, string system, string other) =>
        (UsedNames.Within(name, $"{system}.{other}") && !UsedNames.Within(name, $"{system}.{other}.Contracts"))
        || (name.StartsWith($"{other}.", StringComparison.Ordinal) && IsFolder(name.Split('.')[1]));

    private static bool IsFolder(string part) => part is "Data" or "Endpoints" or "Handlers" or "Migrations";

    private static (string System, string Service)? ServiceOf(SourceFile file) =>
        file.Path.Split('/') is ["systems", var system, var service, _, ..] && file.IsCSharp && !system.EndsWith(".Checks", StringComparison.Ordinal) ? (system, service) : null;
}
