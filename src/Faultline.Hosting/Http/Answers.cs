using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Faultline.Hosting.Http;

/// <summary>Says in the service's OpenAPI document what an endpoint answers.</summary>
public static class AnswersExtensions
{
    /// <summary>Describes an endpoint.</summary>
    /// <typeparam name="TReply">The body of a good answer.</typeparam>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="summary">What it does, in one sentence.</param>
    /// <param name="status">HTTP status of a good answer.</param>
    /// <param name="problems">HTTP statuses of the problems that it answers with, as problem details.</param>
    public static RouteHandlerBuilder Answers<TReply>(this RouteHandlerBuilder endpoint, string summary, int status = StatusCodes.Status200OK, params ReadOnlySpan<int> problems)
    {
        endpoint.WithSummary(summary).Produces<TReply>(status);
        foreach (int problem in problems) endpoint.ProducesProblem(problem);
        return endpoint;
    }
}
