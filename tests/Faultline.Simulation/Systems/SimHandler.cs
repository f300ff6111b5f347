using Faultline.Messaging.Consuming;
using Faultline.Simulation.Databases;

namespace Faultline.Simulation.Systems;

/// <summary>Handles any message of a simulation: writes one business row, fails if it is told to, and publishes what follows.</summary>
internal sealed class SimHandler<TMessage>(string service, bool answers, TimeProvider time) : IHandler<TMessage>
    where TMessage : IDeedMessage
{
    public async Task HandleAsync(TMessage message, Handling handling, CancellationToken stop)
    {
        Deed deed = message.Deed;
        if (deed.SlowMs > 0) await Task.Delay(TimeSpan.FromMilliseconds(deed.SlowMs), time, stop);
        await ((SimConnection)handling.Unit.Connection).WriteAsync(new Effect(service, handling.Message.Id, deed.Number), stop);
        if (deed.Lasting) throw new LastingFailureException("this deed can never be done");
        if (deed.Failures >= handling.Attempt) throw new InvalidOperationException($"this deed fails {deed.Failures} times");
        if (answers) handling.Unit.Publish(new Answered(deed with { Failures = 0, Lasting = false, SlowMs = 0 }));
    }
}
