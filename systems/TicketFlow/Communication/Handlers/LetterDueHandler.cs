using System.Diagnostics;
using Faultline.Messaging.Consuming;
using Faultline.Messaging.Envelopes;
using Microsoft.Extensions.Logging;
using Npgsql;
using TicketFlow.Communication.Contracts;
using TicketFlow.Communication.Data;
using TicketFlow.Communication.Mail;

namespace TicketFlow.Communication.Handlers;

/// <summary>
/// Hands a letter over before the transaction, and notes inside it what came of that. A failure is no failure of the message: it is noted, and the letter comes again later by a message of its own. So a mail
/// server that is away for long holds nothing up, costs no dead letter and loses nothing.
/// </summary>
internal sealed partial class LetterDueHandler(NpgsqlDataSource database, IMailer mailer, MailOptions options, TimeProvider time, ILogger<LetterDueHandler> log) : IPreparingHandler<LetterDue>
{
    private sealed record Attempt(Letter Letter, Delivery Delivery);

    public async Task<object?> PrepareAsync(LetterDue message, Envelope envelope, CancellationToken stop)
    {
        // A letter that is gone was about a sample that is removed: it is stored in the transaction that tells of it.
        if (await LetterRows.FindAsync(database, message.LetterId, stop) is not { IsSettled: false } letter) return null;
        if (letter.Recipients.Count == 0) return new Attempt(letter, new Delivery([], [], "The letter has no recipient."));

        string[] wrong = [.. letter.Outstanding.Where(address => !Mailbox.IsAddress(address))];
        Letter sendable = letter with { Refused = [.. letter.Refused, .. wrong] };
        Delivery delivery = sendable.Outstanding.Count > 0 ? await mailer.SendAsync(sendable, stop) : new Delivery([], [], null);
        if (wrong.Length == 0) return new Attempt(letter, delivery);

        string error = string.Join(' ', new[] { $"{wrong.Length} of {letter.Recipients.Count} addresses are none.", delivery.Error }.OfType<string>());
        return new Attempt(letter, delivery with { Refused = [.. delivery.Refused, .. wrong], Error = error });
    }

    public Task HandleAsync(LetterDue message, Handling handling, CancellationToken stop)
    {
        if (handling.Prepared is not Attempt attempt) return Task.CompletedTask;

        (Letter letter, Delivery delivery) = (attempt.Letter, attempt.Delivery);
        DateTimeOffset now = time.GetUtcNow();
        NextStep next = DeliveryPolicy.Decide(letter, delivery, message.Try, now - letter.StoredAt, options.GiveUpAfter);
        handling.Unit.Defer(LetterRows.NoteOf(
            letter, delivery.Reached, delivery.Refused, delivery.Error, sentAt: next is NextStep.Sent ? now : null, givenUpAt: next is NextStep.GiveUp ? now : null));
        switch (next)
        {
            case NextStep.Again again:
                handling.Unit.Schedule(new LetterDue(letter.Id, message.Try + 1), now + again.Pause, name: $"letter:{letter.Id}");
                break;
            case NextStep.GiveUp:
                GivenUp(log, letter.Id, message.Try, delivery.Error);
                break;
            case NextStep.Sent:
                break;
            default:
                throw new UnreachableException();
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(5101, LogLevel.Warning, "Letter {Letter} is given up after {Tries} tries: {Error}")]
    private static partial void GivenUp(ILogger log, string letter, int tries, string? error);
}
