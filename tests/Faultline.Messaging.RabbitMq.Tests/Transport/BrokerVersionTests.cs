using Faultline.Messaging.RabbitMq.Transport;

namespace Faultline.Messaging.RabbitMq.Tests.Transport;

public sealed class BrokerVersionTests
{
    [Theory]
    [InlineData("RabbitMQ", "3.10.0")]
    [InlineData("RabbitMQ", "3.13.7")]
    [InlineData("RabbitMQ", "4.0.5")]
    [InlineData("RabbitMQ", "4.1.0-rc.1")]
    [InlineData("RabbitMQ", "10.0")]
    public void A_broker_that_is_new_enough_is_taken(string product, string version) => BrokerVersion.Refusal(product, version).ShouldBeNull();

    [Theory]
    [InlineData("RabbitMQ", "3.9.29")]
    [InlineData("RabbitMQ", "3.8.34")]
    [InlineData("RabbitMQ", "unknown")]
    [InlineData("RabbitMQ", "")]
    [InlineData("Other", "4.0.0")]
    public void Another_is_refused_with_what_it_is_and_what_is_needed(string product, string version)
    {
        string refusal = BrokerVersion.Refusal(product, version).ShouldNotBeNull();

        refusal.ShouldContain($"{product} {version}");
        refusal.ShouldContain("RabbitMQ 3.10 or newer");
    }
}
