using Faultline.TestSupport;
using TicketFlow.Communication.Mail.Smtp;

namespace TicketFlow.Tests.Communication;

public sealed class ServerWatchTests
{
    private readonly ManualTime _time = new();
    private readonly ServerWatch _watch;

    public ServerWatchTests() => _watch = new ServerWatch(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), _time);

    [Fact]
    public void As_long_as_all_is_well_every_letter_tries()
    {
        _watch.Refusal().ShouldBeNull();
        _watch.Refusal().ShouldBeNull();
    }

    [Fact]
    public void After_a_failure_one_letter_finds_out_and_the_others_are_told()
    {
        _watch.Failed("It is away.");

        _watch.Refusal().ShouldBe("Not tried: a moment ago it was: It is away.");
        _time.Advance(TimeSpan.FromSeconds(5));
        _watch.Refusal().ShouldBeNull();
        _watch.Refusal().ShouldNotBeNull();
        _time.Advance(TimeSpan.FromSeconds(14));
        _watch.Refusal().ShouldNotBeNull();
        _watch.Answered();
        _watch.Refusal().ShouldBeNull();
    }

    [Fact]
    public void When_the_letter_that_was_to_find_out_says_nothing_another_one_does()
    {
        _watch.Failed("It is away.");
        _time.Advance(TimeSpan.FromSeconds(5));
        _watch.Refusal().ShouldBeNull();

        _time.Advance(TimeSpan.FromSeconds(15));

        _watch.Refusal().ShouldBeNull();
    }
}
