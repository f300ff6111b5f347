using Faultline.Messaging.Consuming;
using TicketFlow.Communication.Contracts;
using TicketFlow.Communication.Data;
using TicketFlow.Samples;
using TicketFlow.Sla.Contracts;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Communication.Handlers;

/// <summary>The customer gets an answer.</summary>
internal sealed class AgentRepliedHandler(TimeProvider time) : IHandler<AgentReplied>
{
    public Task HandleAsync(AgentReplied message, Handling handling, CancellationToken stop) => LetterBox.PutAsync(LetterTexts.Of(message), handling, time, stop);
}

/// <summary>The customer gets the answer that resolves the ticket.</summary>
internal sealed class TicketResolvedHandler(TimeProvider time) : IHandler<TicketResolved>
{
    public Task HandleAsync(TicketResolved message, Handling handling, CancellationToken stop) => LetterBox.PutAsync(LetterTexts.Of(message), handling, time, stop);
}

/// <summary>Whoever works on a ticket hears that its time runs out.</summary>
internal sealed class ReminderDueHandler(TimeProvider time) : IHandler<ReminderDue>
{
    public Task HandleAsync(ReminderDue message, Handling handling, CancellationToken stop) => LetterBox.PutAsync(LetterTexts.Of(message), handling, time, stop);
}

/// <summary>Whoever has to know something hears it.</summary>
internal sealed class AlertHandler(TimeProvider time) : IHandler<Alert>
{
    public Task HandleAsync(Alert message, Handling handling, CancellationToken stop) => LetterBox.PutAsync(LetterTexts.Of(message), handling, time, stop);
}

/// <summary>Where every letter begins: it is stored, told, and on its way, or none of that.</summary>
internal static class LetterBox
{
    public static async Task PutAsync(Letter letter, Handling handling, TimeProvider time, CancellationToken stop)
    {
        if (letter.TicketId is { } ticket && await RemovedSamples.HasAsync(handling.Unit, ticket, stop)) return;
        if (!await LetterRows.AddAsync(handling.Unit, letter with { StoredAt = time.GetUtcNow() }, stop)) return; // Told already, when it came first.

        handling.Unit.Publish(new MessageSent(letter.Id, letter.Kind, letter.TicketId, letter.TextId, letter.Recipients, letter.Subject, letter.Text, letter.Author, letter.At));
        handling.Unit.Publish(new LetterDue(letter.Id, 1));
    }
}
