using System.Diagnostics.Metrics;
using Faultline.Hosting.Figures;

namespace Faultline.Hosting.Tests.Figures;

public sealed class MessageTotalsTests
{
    [Fact]
    public void Handled_and_published_messages_are_counted_and_failed_attempts_are_not()
    {
        using var totals = new MessageTotals();
        using var meter = new Meter("Faultline.Messaging");
        Counter<long> handled = meter.CreateCounter<long>("faultline.messages.handled");
        Counter<long> published = meter.CreateCounter<long>("faultline.messages.published");
        Counter<long> sent = meter.CreateCounter<long>("faultline.messages.sent");

        foreach (string outcome in (string[])["done", "duplicate", "failed", "done"]) handled.Add(1, new("messaging.message.type", "shop.order-placed"), new("outcome", outcome));
        published.Add(2);
        sent.Add(5);

        (totals.In, totals.Out).ShouldBe((3, 2));
    }
}
