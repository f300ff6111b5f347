using System.Security.Cryptography;
using Faultline.Hosting.Data;
using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using TicketFlow.Desk;
using TicketFlow.Tickets.Data;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>POST /sign-in: a token for programs, and the same as a cookie for browsers. A wrong address and a wrong password look the same, and take the same time.</summary>
internal static class SignIn
{
    private const int CharsMax = 254;

    private static readonly PasswordHasher<string> Hasher = new();

    /// <summary>The hash of a password that nobody has: what is checked when there is no such person.</summary>
    private static readonly Lazy<string> NobodysHash = new(() => Hasher.HashPassword("", RandomNumberGenerator.GetHexString(32)));

    public sealed record Request(string? Email = null, string? Password = null);

    public sealed record Reply(string Token, DateTimeOffset ExpiresAt, ReadMe.Reply Person);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/sign-in", HandleAsync).Answers<Reply>("Signs somebody of the desk in", StatusCodes.Status200OK, StatusCodes.Status401Unauthorized);

    private static async Task<IResult> HandleAsync(Request request, DeskTokens tokens, DbContexts<TicketsDb> contexts, NpgsqlDataSource database, HttpContext http)
    {
        string email = request.Email?.Trim().ToLowerInvariant() ?? "", password = request.Password ?? "";
        if (email.Length is 0 or > CharsMax || password.Length is 0 or > CharsMax || email.Contains('\0')) return Wrong();

        await using TicketsDb db = contexts.ForReading(database);
        Person? person = await db.People.SingleOrDefaultAsync(row => row.Email == email, http.RequestAborted);
        if (Hasher.VerifyHashedPassword(email, person?.PasswordHash ?? NobodysHash.Value, password) == PasswordVerificationResult.Failed || person is null) return Wrong();

        (string token, DateTimeOffset until) = tokens.Make(new DeskPerson(person.Id, person.Name, person.Email, person.Role));
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Cookies.Append(DeskAccess.Cookie, token, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/", Expires = until });
        return Results.Ok(new Reply(token, until, new ReadMe.Reply(person.Id, person.Name, person.Email, TicketWords.Of(person.Role))));
    }

    private static IResult Wrong() => Problems.Of(StatusCodes.Status401Unauthorized, "desk.wrong", "e-mail address or password is wrong");
}
