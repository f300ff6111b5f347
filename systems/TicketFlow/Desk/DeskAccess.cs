using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace TicketFlow.Desk;

/// <summary>Who may use an endpoint of the desk.</summary>
/// <param name="Least">The least role that may.</param>
internal sealed record DeskRule(DeskRole Least);

/// <summary>Lets only people who have signed in through, by a bearer token or by the cookie of a browser.</summary>
internal static class DeskAccess
{
    /// <summary>The cookie of a browser; its name begins with the system's, so that a lab passes it on.</summary>
    public const string Cookie = "ticketflow-desk";

    private const string Bearer = "Bearer ";
    private static readonly object Key = new();

    /// <summary>Asks for somebody of the desk.</summary>
    public static TBuilder RequireDesk<TBuilder>(this TBuilder endpoint, DeskRole least = DeskRole.Agent)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.WithMetadata(new DeskRule(least));
        endpoint.AddEndpointFilter(async (context, next) => Check(context.HttpContext, least) ?? await next(context));
        return endpoint;
    }

    /// <summary>Who asks; only behind <see cref="RequireDesk"/>.</summary>
    public static DeskPerson Person(this HttpContext http) => (DeskPerson)http.Items[Key]!;

    /// <summary>Somebody may not do this.</summary>
    public static IResult NotAllowed(string detail) => Problems.Of(StatusCodes.Status403Forbidden, "desk.not-allowed", detail);

    /// <summary>Who asks, wherever; null for nobody who has signed in.</summary>
    public static DeskPerson? FindPerson(this HttpContext http) => http.RequestServices.GetRequiredService<DeskTokens>().Read(TokenOf(http).Token);

    private static (string? Token, bool IsBearer) TokenOf(HttpContext http)
    {
        string authorization = http.Request.Headers.Authorization.ToString();
        bool isBearer = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);
        return (isBearer ? authorization[Bearer.Length..] : http.Request.Cookies[Cookie], isBearer);
    }

    private static IResult? Check(HttpContext http, DeskRole least)
    {
        (string? token, bool isBearer) = TokenOf(http);
        DeskPerson? person = http.FindPerson();
        if (person is null)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Problems.Of(StatusCodes.Status401Unauthorized, "desk.sign-in", token is null ? "sign in at the desk first: POST /sign-in" : "this token is not valid any more; sign in again: POST /sign-in");
        }

        if (person.Role < least) return NotAllowed($"only a {least.ToString().ToLowerInvariant()} may do this");

        // A browser adds the cookie by itself, whoever wrote the page that asks; this header only a page of ours can add.
        if (!isBearer && !HttpMethods.IsGet(http.Request.Method) && http.Request.Headers[OperationHeaders.IdempotencyKey].Count == 0)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "idempotency-key.missing", "a write of a browser needs an Idempotency-Key");
        }

        http.Items[Key] = person;
        return null;
    }
}
