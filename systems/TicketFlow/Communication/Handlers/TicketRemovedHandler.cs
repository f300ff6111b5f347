using Faultline.Messaging.Consuming;
using TicketFlow.Samples;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Communication.Handlers;

/// <summary>Removes the letters about a sample inquiry; those that have left have left.</summary>
internal sealed class TicketRemovedHandler : IHandler<TicketRemoved>
{
    public Task HandleAsync(TicketRemoved message, Handling handling, CancellationToken stop)
    {
        RemovedSamples.Remove(handling.Unit, message.TicketId, "delete from letter where ticket_id = $1");
        return Task.CompletedTask;
    }
}
