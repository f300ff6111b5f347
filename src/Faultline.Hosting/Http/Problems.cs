using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Faultline.Hosting.Http;

/// <summary>Problem details (RFC 9457) with a stable code.</summary>
public static class Problems
{
    /// <summary>A problem.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">Stable, for programs.</param>
    /// <param name="detail">What is wrong and what is allowed.</param>
    /// <param name="fields">Problems by field, when the body has several.</param>
    public static IResult Of(int status, string code, string detail, IReadOnlyDictionary<string, string>? fields = null)
    {
        var problem = new ProblemDetails { Status = status, Title = code, Detail = detail };
        problem.Extensions["code"] = code;
        if (fields is { Count: > 0 }) problem.Extensions["fields"] = fields;
        return Results.Problem(problem);
    }
}
