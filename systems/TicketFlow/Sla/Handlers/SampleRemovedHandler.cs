using Faultline.Hosting.Data;
using Faultline.Messaging.Consuming;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Samples;

namespace TicketFlow.Sla.Handlers;

/// <summary>Removes the deadline of a sample inquiry's ticket, and its timers.</summary>
internal sealed class SampleRemovedHandler : IHandler<SampleRemoved>
{
    public async Task HandleAsync(SampleRemoved message, Handling handling, CancellationToken stop)
    {
        await handling.Unit.LockAsync(Timing.LockOf(message.InquiryId), stop);
        Timing.TakeBack(message.InquiryId, handling.Unit);
        RemovedSamples.Remove(handling.Unit, message.InquiryId, "delete from told where ticket_id = $1", "delete from deadline where ticket_id = $1");
    }
}
