using Faultline.Messaging.Consuming;
using Npgsql;
using TicketFlow.Inquiries.Contracts;

namespace TicketFlow.Translations.Handlers;

/// <summary>Removes the translation of a sample inquiry.</summary>
internal sealed class SampleRemovedHandler : IHandler<SampleRemoved>
{
    public Task HandleAsync(SampleRemoved message, Handling handling, CancellationToken stop)
    {
        handling.Unit.Defer(new NpgsqlBatchCommand("delete from translation where inquiry_id = $1") { Parameters = { new() { Value = message.InquiryId } } });
        return Task.CompletedTask;
    }
}
