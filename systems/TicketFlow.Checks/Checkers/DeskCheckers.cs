using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;
using Faultline.Verification.Histories;

namespace TicketFlow.Checks.Checkers;

/// <summary>What the desk was told is done stays done.</summary>
internal sealed class DeskKept : IChecker
{
    public CheckerDescription Description { get; } = new("desk-kept", "what the desk was told is done is on the ticket: qualification, and the resolution");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Description.Name);
        Dictionary<string, SystemFact> tickets = context.FactsOf("tickets").GroupBy(fact => fact.Subject()).ToDictionary(group => group.Key, group => group.First());
        foreach (Operation operation in context.History.Operations.Where(operation => operation is { Outcome: Outcome.Ok, Subject: not null, Reply: not null }))
        {
            using JsonDocument reply = JsonDocument.Parse(operation.Reply!);
            if (!reply.RootElement.TryGetProperty("severity", out JsonElement severity)) continue;

            finding.Judged();
            string told = severity.GetString() ?? "";
            SystemFact? ticket = tickets.GetValueOrDefault(operation.Subject!);
            if (ticket is null || ticket.Text("severity") != told || ticket.Text("state") != "resolved")
            {
                finding.Violates("undone", () => $"operation {operation.OperationId} was told that ticket {operation.Subject} is resolved with severity {told}, and it is {(ticket is null ? "not there" : $"{ticket.Text("state")} with severity {ticket.Text("severity")}")}", [operation.OperationId]);
            }
        }

        return finding.Build("the desk finished no ticket");
    }
}

/// <summary>One of two who act on one ticket at once wins, and what the winner did is what is there.</summary>
internal sealed class OneWinner : IChecker
{
    private static readonly string[] Races = ["qualified", "assigned", "resolved"];

    public CheckerDescription Description { get; } = new("one-winner", "of two people who act on one ticket at once exactly one wins, and the ticket is as the winner left it");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Description.Name);
        Dictionary<string, SystemFact> tickets = context.FactsOf("tickets").GroupBy(fact => fact.Subject()).ToDictionary(group => group.Key, group => group.First());
        foreach (Operation operation in context.History.Operations.Where(operation => operation is { Name: "races", Outcome: Outcome.Ok, Reply: not null }))
        {
            using JsonDocument reply = JsonDocument.Parse(operation.Reply!);
            JsonElement root = reply.RootElement;
            if (!root.GetProperty("sameInquiry").GetBoolean()) finding.Violates("two-inquiries", () => $"operation {operation.OperationId} sent one inquiry twice at once and got two ids", [operation.OperationId]);
            foreach (string race in Races)
            {
                finding.Judged();
                int winners = root.GetProperty(race).GetInt32();
                if (winners != 1) finding.Violates("winners", () => $"in operation {operation.OperationId} {winners} of two were told that ticket {operation.Subject} is {race} by them", [operation.OperationId]);
            }

            string assignee = root.GetProperty("assignee").GetString() ?? "";
            if (!tickets.TryGetValue(operation.Subject!, out SystemFact? ticket)) continue; // one-ticket-each says so.
            if (ticket.Text("assignee_id") != assignee) finding.Violates("loser", () => $"ticket {operation.Subject} is assigned to {ticket.Text("assignee_id")}, and {assignee} was told to have it", [operation.OperationId]);
        }

        return finding.Build("there was no race");
    }
}

/// <summary>Nothing that the state table allows is refused at the desk, and nothing that is wrong is taken.</summary>
internal sealed class DeskAnswersRight : IChecker
{
    public CheckerDescription Description { get; } = new("desk-answers-right", "what a person may do is not refused; what is wrong is refused with its field named and changes nothing; text is kept to the letter");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Description.Name);
        foreach (Operation operation in context.History.Operations)
        {
            finding.Judged();
            bool isRefused = operation.Outcome == Outcome.Failed;
            if (operation.Reply is { } said && operation.Outcome == Outcome.Unknown)
            {
                using JsonDocument reply = JsonDocument.Parse(said);
                isRefused = reply.RootElement.TryGetProperty("refused", out JsonElement refused) && refused.ValueKind == JsonValueKind.String;
            }

            if (isRefused) finding.Violates("answer", () => $"operation {operation.OperationId}: {operation.Error}", [operation.OperationId]);
        }

        return finding.Build("the desk was asked nothing");
    }
}

/// <summary>Each answer reaches the customer once, and each word of the customer reaches the desk once.</summary>
internal sealed class AnsweredOnce : IChecker
{
    public CheckerDescription Description { get; } = new("answered-once", "each answer is one message to the customer, one e-mail and one entry of the conversation; each reply of the customer is one at the desk");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Description.Name);
        ILookup<string, SystemFact> letters = context.FactsOf("letters").ToLookup(letter => letter.Text("id"));
        ILookup<string, SystemFact> entries = context.FactsOf("entries").ToLookup(entry => entry.Text("text_id"));
        ILookup<string, SystemFact> talks = context.FactsOf("talks").ToLookup(talk => talk.Text("id"));
        foreach (SystemFact ticket in context.FactsOf("tickets").Where(ticket => ticket.Text("state") == "resolved" && !talks.Contains(ticket.Subject())))
        {
            finding.Violates("no-answer", () => $"ticket {ticket.Subject()} is resolved without an answer", [ticket.OperationId]);
        }

        foreach (SystemFact talk in context.FactsOf("talks"))
        {
            finding.Judged();
            string id = talk.Text("id");
            int shown = entries[id].Count();
            if (shown != 1) finding.Violates("conversation", () => $"what was written in {id} stands {shown} times in the conversation of inquiry {talk.Subject()}", [talk.OperationId]);
            if (talk.Text("kind") == "customer") continue;

            string letter = talk.Text("kind") == "resolution" ? $"resolution-{talk.Subject()}" : $"reply-{id}";
            Letters.CheckOne(finding, letters, letter, talk.OperationId);
        }

        foreach (SystemFact entry in context.FactsOf("entries").Where(entry => entry.Text("text_id").Length > 0 && !talks.Contains(entry.Text("text_id"))))
        {
            finding.Violates("not-at-the-desk", () => $"{entry.Text("text_id")} stands in the conversation of inquiry {entry.Subject()}, and the desk does not know it", [entry.OperationId]);
        }

        return finding.Build("nothing was answered");
    }
}

/// <summary>Messages to people.</summary>
internal static class Letters
{
    /// <summary>Exactly one message, of one cause, that has left the house.</summary>
    public static void CheckOne(FindingBuilder finding, ILookup<string, SystemFact> letters, string id, string? operation)
    {
        SystemFact? letter = letters[id].FirstOrDefault();
        if (letter is null) finding.Violates("missing", () => $"message {id} was not sent", [operation]);
        else if (letter.Number("times") != 1) finding.Violates("twice", () => $"message {id} was caused {letter.Number("times")} times", [operation]);
        else if (!letter.Value.GetProperty("sent").GetBoolean()) finding.Violates("not-sent", () => $"message {id} was not handed over: {letter.Text("error")}", [operation]);
    }
}
