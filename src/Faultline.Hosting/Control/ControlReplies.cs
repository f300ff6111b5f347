using System.Collections.Immutable;
using System.Globalization;
using Faultline.Anomalies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Faultline.Hosting.Control;

/// <summary>Problem details (RFC 9457) of the control endpoints.</summary>
internal static class ControlReplies
{
    /// <summary>One mistake among those that a reply tells.</summary>
    /// <param name="Code">Its code.</param>
    /// <param name="Field">Which part of the request.</param>
    /// <param name="Detail">What was wrong, and what is allowed.</param>
    public sealed record ProblemEntry(string Code, string Field, string Detail);

    public static ProblemHttpResult Problem(params ImmutableArray<ControlProblemFound> found)
    {
        ControlProblemFound first = found.Length == 1 ? found[0]
            : ControlProblems.Several.At(string.Empty, found.Length, string.Join("; ", found.Select(problem => problem.Detail)));
        return TypedResults.Problem(new ProblemDetails
        {
            Type = $"urn:faultline:problem:{first.Problem.Code}",
            Title = first.Problem.Title,
            Status = first.Problem.Status,
            Detail = first.Detail,
            Extensions =
            {
                ["code"] = first.Problem.Code,
                ["problems"] = found.Select(problem => new ProblemEntry(problem.Problem.Code, problem.Field, problem.Detail)).ToArray(),
            },
        });
    }

    /// <summary>Reads a whole number of a query.</summary>
    public static long Whole(string name, string? text, long usual, long min, long max, List<ControlProblemFound> problems)
    {
        if (string.IsNullOrEmpty(text)) return usual;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= min && value <= max) return value;

        problems.Add(ControlProblems.OutOfRange.At(name, name, $"'{text}'", $"a whole number from {min} to {max}"));
        return usual;
    }
}
