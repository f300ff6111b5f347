using Faultline.Messaging.Consuming;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Samples;

namespace TicketFlow.Communication.Handlers;

/// <summary>Removes the letters about a sample inquiry; those that have left have left.</summary>
internal sealed class SampleRemovedHandler : IHandler<SampleRemoved>
{
    public Task HandleAsync(SampleRemoved message, Handling handling, CancellationToken stop)
    {
        RemovedSamples.Remove(handling.Unit, message.InquiryId, "delete from letter where ticket_id = $1");
        return Task.CompletedTask;
    }
}
