using Faultline.Hosting.Data;
using Faultline.Messaging.Consuming;
using TicketFlow.Samples;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Sla.Handlers;

/// <summary>Removes the deadline of a sample inquiry's ticket, and its timers.</summary>
internal sealed class TicketRemovedHandler : IHandler<TicketRemoved>
{
    public async Task HandleAsync(TicketRemoved message, Handling handling, CancellationToken stop)
    {
        await handling.Unit.LockAsync(Timing.LockOf(message.TicketId), stop);
        Timing.TakeBack(message.TicketId, handling.Unit);
        RemovedSamples.Remove(handling.Unit, message.TicketId, "delete from told where ticket_id = $1", "delete from deadline where ticket_id = $1");
    }
}
