using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Faultline.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Faultline.Anomalies.Hosting.Control;

/// <summary>Replies of the control endpoints. They look the same in every application, however that writes its own JSON.</summary>
public static class ControlReplies
{
    /// <summary>One mistake among those that a reply tells.</summary>
    /// <param name="Code">Its code.</param>
    /// <param name="Field">Which part of the request.</param>
    /// <param name="Detail">What was wrong, and what is allowed.</param>
    public sealed record ProblemEntry(
        [property: JsonPropertyName("code")] string Code, [property: JsonPropertyName("field")] string Field, [property: JsonPropertyName("detail")] string Detail);

    /// <summary>A reply that went well.</summary>
    /// <param name="value">What is told.</param>
    /// <param name="status">The HTTP status.</param>
    public static JsonHttpResult<T> Json<T>(T value, int status = StatusCodes.Status200OK) => TypedResults.Json(value, ProtocolJson.Options, contentType: null, status);

    /// <summary>Problem details (RFC 9457).</summary>
    /// <param name="found">What was wrong; at least one.</param>
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
    /// <param name="name">Its name.</param>
    /// <param name="text">What was given.</param>
    /// <param name="usual">What it is when nothing was.</param>
    /// <param name="min">The smallest.</param>
    /// <param name="max">The largest.</param>
    /// <param name="problems">Where a wrong one is told.</param>
    public static long Whole(string name, string? text, long usual, long min, long max, List<ControlProblemFound> problems)
    {
        if (string.IsNullOrEmpty(text)) return usual;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= min && value <= max) return value;

        problems.Add(ControlProblems.OutOfRange.At(name, name, $"'{text}'", $"a whole number from {min} to {max}"));
        return usual;
    }
}
