using Faultline.Hosting.Configuration;
using Faultline.Messaging.Consuming;
using Faultline.Messaging.Retry;
using Microsoft.Extensions.Configuration;

namespace Faultline.Hosting.Tests.Configuration;

public sealed class ServiceSettingsTests
{
    private static readonly Dictionary<string, string?> Nothing = [];

    private static readonly ConsumerOptions OfTheService = new() { WorkersMax = 32, BatchMessagesMax = 1, Retry = new RetryOptions { AttemptsMax = 100, PauseMax = TimeSpan.FromSeconds(1) } };

    [Fact]
    public void How_a_service_consumes_is_what_its_code_says()
    {
        ServiceSettings settings = Of(Nothing, OfTheService);

        settings.MessagingOptions("shop/kitchen").Consumer.ShouldBe(OfTheService);
    }

    [Fact]
    public void The_configuration_has_the_last_word_setting_by_setting()
    {
        ServiceSettings settings = Of(
            new Dictionary<string, string?> { ["Faultline:Consumer:WorkersMax"] = "7", ["Faultline:Consumer:Retry:AttemptsMax"] = "9" }, OfTheService);

        settings.Consumer.ShouldBe(OfTheService with { WorkersMax = 7, Retry = OfTheService.Retry with { AttemptsMax = 9 } });
    }

    [Fact]
    public void What_a_service_declared_stays_as_it_is()
    {
        ConsumerOptions before = OfTheService with { Retry = OfTheService.Retry with { } };

        Of(new Dictionary<string, string?> { ["Faultline:Consumer:WorkersMax"] = "7", ["Faultline:Consumer:Retry:AttemptsMax"] = "9" }, OfTheService);

        OfTheService.ShouldBe(before);
    }

    [Fact]
    public void What_the_code_says_is_checked_like_the_configuration()
    {
        string problem = Of(Nothing, OfTheService with { WorkersMax = 65 }).Problems().Single(text => text.Contains("workersMax", StringComparison.Ordinal));

        problem.ShouldBe("Faultline:consumer.workersMax is 65; it must be 1 to 64");
    }

    private static ServiceSettings Of(IReadOnlyDictionary<string, string?> values, ConsumerOptions consumer) =>
        ServiceSettings.Of(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), consumer);
}
