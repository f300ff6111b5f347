using System.Text.RegularExpressions;
using Faultline.Protocol.Faults;

namespace Faultline.Anomalies;

/// <summary>Fault points that an application declares for steps of its own.</summary>
public static partial class OwnPoint
{
    private static readonly string[] Taken = ["http", "db"];

    /// <summary>Declares a point. Once for each step, in a static field, and handed to whoever makes the <see cref="FaultPipeline"/> of the process.</summary>
    /// <param name="name"><c>&lt;pipeline&gt;.&lt;step&gt;.&lt;before|after&gt;</c> in lower case letters, digits and dashes; not that of a point of the product. The pipelines <c>http</c> and <c>db</c> are taken.</param>
    /// <param name="says">What has happened so far, in words for a person who does not read C#.</param>
    /// <param name="kinds">
    /// What the step honours besides <c>delay</c>, <c>exception</c>, <c>hang</c> and <c>crash</c>, which happen inside <see cref="FaultPipeline.PassAsync(FaultPoint, Passage, CancellationToken)"/>: names from
    /// <see cref="FaultKinds"/> whose outcome the code that passes the point reads from the <see cref="Passage"/>. Others are refused when somebody asks for them.
    /// </param>
    /// <exception cref="ArgumentException">Name or kind is not allowed.</exception>
    public static FaultPoint Declare(string name, string says, params IReadOnlyList<string> kinds)
    {
        if (!Shape().IsMatch(name)) throw new ArgumentException($"fault point '{name}' must be named <pipeline>.<step>.before or <pipeline>.<step>.after, in lower case letters, digits and dashes", nameof(name));
        if (FaultPoints.Find(name) is not null) throw new ArgumentException($"fault point '{name}' is one of the product's own; name it as it is, or choose another name", nameof(name));
        if (Taken.Contains(name[..name.IndexOf('.')])) throw new ArgumentException($"fault point '{name}' must not begin with {string.Join(" or ", Taken)}: what passes there is matched in another way", nameof(name));
        if (kinds.FirstOrDefault(kind => !FaultKinds.All.Contains(kind)) is { } unknown)
        {
            throw new ArgumentException($"there is no kind '{unknown}'; it must be one of: {string.Join(", ", FaultKinds.All)}", nameof(kinds));
        }

        string[] honoured = [.. FaultKinds.All.Where(kind => kind is FaultKinds.Delay or FaultKinds.Exception or FaultKinds.Hang or FaultKinds.Crash || kinds.Contains(kind))];
        return new FaultPoint(name, FaultPoint.NoIndex, says) { OwnKinds = honoured };
    }

    [GeneratedRegex(@"^[a-z0-9-]{1,40}\.[a-z0-9-]{1,40}\.(before|after)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();
}
