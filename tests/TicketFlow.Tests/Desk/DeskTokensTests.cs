using Faultline.Hosting.Configuration;
using Faultline.TestSupport;
using Microsoft.Extensions.Configuration;
using TicketFlow.Desk;

namespace TicketFlow.Tests.Desk;

public sealed class DeskTokensTests
{
    private static readonly DeskPerson Ruth = new(Guid.Parse("0199a000-0000-7000-8000-000000000001"), "Ruth Okafor", "ruth.okafor@desk.example", DeskRole.Supervisor);

    private readonly ManualTime _time = new();

    [Fact]
    public void A_token_says_who_it_belongs_to_in_every_service_that_has_the_key()
    {
        (string token, _) = Tokens("the key of the system, long enough").Make(Ruth);

        Tokens("the key of the system, long enough").Read(token).ShouldBe(Ruth);
        Tokens("the key of another system, as long").Read(token).ShouldBeNull();
    }

    [Fact]
    public void A_token_ends_after_its_lifetime()
    {
        DeskTokens tokens = Tokens("the key of the system, long enough");
        (string token, DateTimeOffset until) = tokens.Make(Ruth);

        until.ShouldBe(_time.GetUtcNow() + DeskTokens.Lifetime);
        _time.Advance(DeskTokens.Lifetime - TimeSpan.FromSeconds(2));
        tokens.Read(token).ShouldNotBeNull();
        _time.Advance(TimeSpan.FromSeconds(3));
        tokens.Read(token).ShouldBeNull();
    }

    [Theory]
    [InlineData(null), InlineData(""), InlineData("."), InlineData("a.b"), InlineData("a.b.c"), InlineData("🦉.🦉"), InlineData("e30.e30")]
    public void What_nobody_has_made_is_no_token(string? token) => Tokens("the key of the system, long enough").Read(token).ShouldBeNull();

    [Fact]
    public void Every_changed_letter_of_a_token_makes_it_none()
    {
        DeskTokens tokens = Tokens("the key of the system, long enough");
        string token = tokens.Make(Ruth).Token;

        for (int place = 0; place < token.Length - 1; place++) // The last letter of a Base64 text may hold bits that mean nothing.
        {
            char other = token[place] == 'A' ? 'B' : 'A';
            DeskPerson? read = tokens.Read(string.Concat(token.AsSpan(0, place), [other], token.AsSpan(place + 1)));
            read.ShouldBeNull($"letter {place} was changed");
        }
    }

    [Theory, InlineData(""), InlineData("too short")]
    public void A_service_without_a_long_key_does_not_start(string key) =>
        Should.Throw<ConfigurationException>(() => Tokens(key)).Message.ShouldContain("must have at least 32");

    private DeskTokens Tokens(string key) => new(new ConfigurationBuilder().AddInMemoryCollection([new("Faultline:SystemKey", key)]).Build(), _time);
}
