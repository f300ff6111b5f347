using Faultline.Hosting.Data;
using Faultline.Messaging.Consuming;
using TicketFlow.Inquiries.Data;
using TicketFlow.Samples;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Inquiries.Handlers;

/// <summary>The customer sees that there is a ticket.</summary>
internal sealed class TicketCreatedHandler(DbContexts<InquiriesDb> contexts) : IHandler<TicketCreated>
{
    public Task HandleAsync(TicketCreated message, Handling handling, CancellationToken stop) =>
        StatusEntry.AppendAsync(contexts.For(handling.Unit), handling, message.TicketId, message.State, message.Version, "ticket created", message.CreatedAt, stop);
}

/// <summary>The customer sees where the ticket stands.</summary>
internal sealed class TicketStatusChangedHandler(DbContexts<InquiriesDb> contexts) : IHandler<TicketStatusChanged>
{
    public Task HandleAsync(TicketStatusChanged message, Handling handling, CancellationToken stop) =>
        StatusEntry.AppendAsync(contexts.For(handling.Unit), handling, message.TicketId, message.State, message.Version, message.Because, message.At, stop);
}

/// <summary>A change of the ticket, as an entry of the conversation and as the inquiry's status.</summary>
internal static class StatusEntry
{
    /// <summary>The name of the lock under which an inquiry changes.</summary>
    public static string LockOf(Guid id) => $"inquiry:{id}";

    public static async Task AppendAsync(InquiriesDb db, Handling handling, Guid id, TicketState state, int version, string text, DateTimeOffset at, CancellationToken stop)
    {
        await handling.Unit.LockAsync(LockOf(id), stop);
        if (await db.Inquiries.FindAsync([id], stop) is not { } inquiry)
        {
            if (await RemovedSamples.HasAsync(handling.Unit, id, stop)) return;
            throw new InvalidOperationException($"ticket {id} belongs to no inquiry here");
        }

        db.Add(new Entry { InquiryId = id, Kind = "status", Text = text, TicketVersion = version, MessageId = handling.Message.Id, At = at });
        // An older version must not win, whatever order things come in; the entry is kept all the same.
        if (version <= inquiry.TicketVersion) return;
        inquiry.TicketVersion = version;
        inquiry.Status = System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString());
    }
}
