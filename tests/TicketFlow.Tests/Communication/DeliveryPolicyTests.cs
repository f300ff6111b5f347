using System.Globalization;
using TicketFlow.Communication.Data;
using TicketFlow.Communication.Mail;

namespace TicketFlow.Tests.Communication;

public sealed class DeliveryPolicyTests
{
    private static readonly TimeSpan AgeMax = TimeSpan.FromDays(3);

    // The letter is for a, b and c, who were reached or refused before; then what came of this attempt, which one it was, and how old the letter is.
    [Theory]
    [InlineData("", "", "abc", "", 1, "0:00:00", "sent")]
    [InlineData("", "", "ab", "c", 1, "0:00:00", "sent")]
    [InlineData("ab", "", "", "c", 4, "0:01:00", "sent")]
    [InlineData("a", "", "bc", "", 99, "9.00:00:00", "sent")]
    [InlineData("", "", "", "abc", 1, "0:00:00", "given up")]
    [InlineData("", "ab", "", "c", 2, "0:00:00", "given up")]
    [InlineData("", "", "", "", 1, "0:00:00", "again after 1 s")]
    [InlineData("", "", "ab", "", 1, "0:00:00", "again after 1 s")]
    [InlineData("", "", "", "ab", 2, "0:00:10", "again after 2 s")]
    [InlineData("", "", "", "", 3, "0:00:10", "again after 4 s")]
    [InlineData("", "", "", "", 9, "0:10:00", "again after 256 s")]
    [InlineData("", "", "", "", 10, "0:20:00", "again after 300 s")]
    [InlineData("", "", "", "", 1000, "2.23:59:59", "again after 300 s")]
    [InlineData("", "", "", "", 1000, "3.00:00:00", "given up")]
    [InlineData("ab", "", "", "", 1000, "3.00:00:00", "given up")]
    public void An_attempt_is_followed_by(string reached, string refused, string reachedNow, string refusedNow, int attempt, string age, string expected)
    {
        Letter letter = SampleLetters.To("a", "b", "c") with { Reached = Each(reached), Refused = Each(refused) };

        NextStep next = DeliveryPolicy.Decide(letter, new Delivery(Each(reachedNow), Each(refusedNow), "words"), attempt, TimeSpan.Parse(age, CultureInfo.InvariantCulture), AgeMax);

        (next switch
        {
            NextStep.Sent => "sent",
            NextStep.Again again => $"again after {again.Pause.TotalSeconds} s",
            _ => "given up",
        }).ShouldBe(expected);
    }

    private static string[] Each(string letters) => [.. letters.Select(letter => letter.ToString())];
}
