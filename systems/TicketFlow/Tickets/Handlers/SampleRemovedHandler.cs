using Faultline.Messaging.Consuming;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Samples;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Tickets.Handlers;

/// <summary>Removes the ticket of a sample inquiry, and tells those who heard of it, behind everything that they have heard.</summary>
internal sealed class SampleRemovedHandler : IHandler<SampleRemoved>
{
    public Task HandleAsync(SampleRemoved message, Handling handling, CancellationToken stop)
    {
        handling.Unit.Cancel(Translating.TimerOf(message.InquiryId));
        RemovedSamples.Remove(
            handling.Unit, message.InquiryId, "delete from talk_translation t using talk where talk.ticket_id = $1 and talk.id = t.text_id", "delete from talk where ticket_id = $1", "delete from note where ticket_id = $1",
            "delete from notice where ticket_id = $1", "delete from step where ticket_id = $1", "delete from early_translation where inquiry_id = $1", "delete from ticket where id = $1");
        handling.Unit.Publish(new TicketRemoved(message.InquiryId));
        return Task.CompletedTask;
    }
}
