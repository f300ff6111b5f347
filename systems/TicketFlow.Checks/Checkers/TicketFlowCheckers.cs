using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;
using Faultline.Verification.Histories;

namespace TicketFlow.Checks.Checkers;

/// <summary>Reads facts.</summary>
internal static class Rows
{
    public static string Subject(this SystemFact fact) => fact.Value.GetProperty("subject").GetString() ?? "";

    public static string Text(this SystemFact fact, string name) => fact.Value.GetProperty(name).GetString() ?? "";

    public static int Number(this SystemFact fact, string name) => fact.Value.GetProperty(name).GetInt32();

    public static DateTimeOffset Time(this SystemFact fact, string name) => fact.Value.GetProperty(name).GetDateTimeOffset();
}

/// <summary>Each acknowledged inquiry has exactly one ticket.</summary>
internal sealed class OneTicketEach : IChecker
{
    public CheckerDescription Description { get; } = new("one-ticket-each", "each acknowledged inquiry has exactly one ticket");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Description.Name);
        Dictionary<string, int> tickets = context.FactsOf("tickets").GroupBy(fact => fact.Subject()).ToDictionary(group => group.Key, group => group.Count());
        foreach (Operation operation in context.History.Operations.Where(operation => operation is { Outcome: Outcome.Ok, Subject: not null, Name: not "bad-input" }))
        {
            finding.Judged();
            int count = tickets.GetValueOrDefault(operation.Subject!);
            if (count != 1) finding.Violates("tickets", () => $"inquiry {operation.Subject} of operation {operation.OperationId} was acknowledged and has {count} tickets", [operation.OperationId]);
        }

        return finding.Build("no inquiry was acknowledged");
    }
}

/// <summary>One operation of a customer is one inquiry, however often it was sent.</summary>
internal sealed class OneInquiryEach : IChecker
{
    public CheckerDescription Description { get; } = new("one-inquiry-each", "one submission of a customer is one inquiry, however often it was sent");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Description.Name);
        ILookup<string?, SystemFact> inquiries = context.FactsOf("inquiries").ToLookup(fact => fact.OperationId);
        foreach (Operation operation in context.History.Operations)
        {
            finding.Judged();
            string[] ids = [.. inquiries[operation.OperationId].Select(fact => fact.Subject()).Distinct()];
            bool isAllowed = ids.Length switch
            {
                0 => operation.Outcome != Outcome.Ok,
                1 => operation.Outcome != Outcome.Failed,
                _ => false,
            };
            if (!isAllowed)
            {
                finding.Violates(
                    ids.Length > 1 ? "twice" : ids.Length == 1 ? "refused-and-done" : "missing",
                    () => $"operation {operation.OperationId} ended '{operation.Outcome.ToString().ToLowerInvariant()}' after {operation.Attempts} attempts, and there are {ids.Length} inquiries of it: {string.Join(", ", ids)}",
                    [operation.OperationId]);
            }
        }

        return finding.Build("there was no operation");
    }
}

/// <summary>The customer sees the ticket's state.</summary>
internal sealed class StatusAgrees : IChecker
{
    public CheckerDescription Description { get; } = new("status-agrees", "when all is quiet the customer's status is the ticket's state");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Description.Name);
        Dictionary<string, SystemFact> tickets = context.FactsOf("tickets").GroupBy(fact => fact.Subject()).ToDictionary(group => group.Key, group => group.First());
        foreach (SystemFact inquiry in context.FactsOf("inquiries"))
        {
            finding.Judged();
            if (!tickets.TryGetValue(inquiry.Subject(), out SystemFact? ticket)) continue;
            if (inquiry.Text("status") != ticket.Text("state") || inquiry.Number("ticket_version") != ticket.Number("version"))
            {
                finding.Violates(
                    "apart",
                    () => $"the customer of inquiry {inquiry.Subject()} sees '{inquiry.Text("status")}' (version {inquiry.Number("ticket_version")}), and the ticket is '{ticket.Text("state")}' (version {ticket.Number("version")})",
                    [inquiry.OperationId]);
            }
        }

        return finding.Build("there is no inquiry");
    }
}

/// <summary>Each inquiry is translated exactly once, or marked.</summary>
internal sealed class TranslatedOnce : IChecker
{
    public CheckerDescription Description { get; } = new("translated-once", "each inquiry is translated exactly once, or its ticket is marked");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Description.Name);
        Dictionary<string, SystemFact> translations = context.FactsOf("translations").GroupBy(fact => fact.Subject()).ToDictionary(group => group.Key, group => group.First());
        foreach (SystemFact ticket in context.FactsOf("tickets"))
        {
            finding.Judged();
            bool marked = ticket.Value.GetProperty("mark").ValueKind == JsonValueKind.String;
            translations.TryGetValue(ticket.Subject(), out SystemFact? translation);
            int times = translation?.Number("times") ?? 0;
            bool done = translation?.Text("outcome") == "completed";
            if (times > 1) finding.Violates("twice", () => $"inquiry {ticket.Subject()} was translated {times} times", [ticket.OperationId]);
            else if (times == 0 && !marked && ticket.Text("language") != "en") finding.Violates("missing", () => $"ticket {ticket.Subject()} is in '{ticket.Text("language")}', was not translated, and has no mark", [ticket.OperationId]);
            else if (done && !ticket.Value.GetProperty("translated").GetBoolean()) finding.Violates("not-shown", () => $"the translation of {ticket.Subject()} exists and is not on its ticket", [ticket.OperationId]);
        }

        return finding.Build("there is no ticket");
    }
}

/// <summary>The conversation has one entry for each message about the ticket.</summary>
internal sealed class EntriesOnce : IChecker
{
    public CheckerDescription Description { get; } = new("entries-once", "the conversation has each change of the ticket once, and in rising order of versions");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Description.Name);
        foreach (IGrouping<string, SystemFact> conversation in context.FactsOf("entries").Where(fact => fact.Text("kind") == "status").GroupBy(fact => fact.Subject()))
        {
            finding.Judged();
            foreach (IGrouping<string, SystemFact> twice in conversation.GroupBy(fact => fact.Text("message_id")).Where(group => group.Count() > 1))
            {
                finding.Violates("twice", () => $"the conversation of inquiry {conversation.Key} has {twice.Count()} entries of message {twice.Key}", [twice.First().OperationId], [Guid.Parse(twice.Key)]);
            }

            int[] versions = [.. conversation.Select(fact => fact.Number("ticket_version"))];
            if (!versions.SequenceEqual(versions.Order())) finding.Violates("order", () => $"the conversation of inquiry {conversation.Key} has versions in the order {string.Join(", ", versions)}", [conversation.First().OperationId]);
        }

        return finding.Build("no conversation has a change of a ticket");
    }
}

/// <summary>Bad input is refused with the field named, hostile input that is valid is accepted, and nothing breaks.</summary>
internal sealed class InputJudged : IChecker
{
    public CheckerDescription Description { get; } = new("input-judged", "bad input is refused with its field named, hostile but valid input is accepted, and no input breaks a service");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Description.Name);
        foreach (Operation operation in context.History.Operations.Where(operation => operation.Name == "bad-input"))
        {
            finding.Judged();
            using JsonDocument reply = JsonDocument.Parse(operation.Reply ?? "{}");
            JsonElement root = reply.RootElement;
            string input = root.GetProperty("input").GetString() ?? "";
            bool accepted = root.GetProperty("accept").GetBoolean();
            Outcome wanted = accepted ? Outcome.Ok : Outcome.Failed;
            if (operation.Outcome != wanted) finding.Violates("answer", () => $"the input '{input}' must be {(accepted ? "accepted" : "refused")}, and ended '{operation.Outcome.ToString().ToLowerInvariant()}': {operation.Error}", [operation.OperationId]);
            else if (!accepted && !root.GetProperty("named").GetBoolean()) finding.Violates("field", () => $"the input '{input}' was refused without naming the field", [operation.OperationId]);
        }

        return finding.Build("no bad input was sent");
    }
}
