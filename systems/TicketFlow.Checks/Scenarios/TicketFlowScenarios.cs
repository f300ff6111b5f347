using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Verification.Scenarios;

namespace TicketFlow.Checks.Scenarios;

/// <summary>The stories of TicketFlow: each the same for a guard that is on and off.</summary>
internal static class TicketFlowScenarios
{
    private const string System = "ticketflow", Inquiries = "ticketflow/inquiries", Tickets = "ticketflow/tickets";
    private const string Submitted = "ticketflow.inquiry-submitted", Created = "ticketflow.ticket-created";

    public static IReadOnlyList<Scenario> All { get; } = [CrashAfterCommit, LostOnTheWay, DeliveredTwice, ReplyLost, HandlerFailsOnce];

    private static Scenario CrashAfterCommit => new Scenario
    {
        Guard = new ScenarioGuard(Inquiries, GuardNames.Outbox),
        Id = "crash-after-commit",
        System = System,
        Title = "Crash after commit, before telling anyone",
        Story = "A customer writes to the service desk. The inquiry is stored, and in that very moment the process dies: nobody was told yet. It is started again at once, as every platform would do.",
        Breaks = "The inquiries service dies right after its database has committed the inquiry.",
        Watch = ["the arrow from inquiries to the queue of tickets", "the outbox of inquiries", "the customer's status page"],
        Guarded = "The message was stored with the inquiry. It waits in the outbox, leaves after the restart, and the customer's page moves on.",
        Unguarded = "The message was to be sent after the commit, and there was no after. The inquiry exists, no ticket ever will, and the customer's page never changes.",
        Steps = [],
    }.With(Anomaly(Inquiries, FaultPoints.TransactionCommitAfter, FaultKinds.Crash, Submitted), "Dies once, right after the commit.");

    private static Scenario LostOnTheWay => new Scenario
    {
        Guard = new ScenarioGuard(Inquiries, GuardNames.Confirms),
        Id = "lost-on-the-way",
        System = System,
        Title = "The network loses a message",
        Story = "The inquiry is stored and its message leaves for the broker, where it never arrives. No error is raised: the network simply lost it.",
        Breaks = "One message from inquiries is lost on its way to the broker.",
        Watch = ["the outbox of inquiries", "the arrow to the queue of tickets", "the customer's status page"],
        Guarded = "No confirmation comes, so the message stays in the outbox and is sent again.",
        Unguarded = "The message was taken for delivered as soon as it was sent. It is gone, and nobody knows.",
        Steps = [],
    }.With(Anomaly(Inquiries, FaultPoints.RelaySendBefore, FaultKinds.Drop, Submitted), "Loses one message.");

    private static Scenario DeliveredTwice => new Scenario
    {
        Guard = new ScenarioGuard(Inquiries, GuardNames.Inbox),
        Id = "delivered-twice",
        System = System,
        Title = "The postman rings twice",
        Story = "Brokers promise to deliver a message at least once. This time it comes twice, as after every broken connection.",
        Breaks = "The news that a ticket was made reaches inquiries twice.",
        Watch = ["the queue of inquiries", "the conversation on the customer's status page"],
        Guarded = "The inbox knows the message: the second copy is put aside, and the conversation has one entry.",
        Unguarded = "Both copies are handled: the customer reads the same line twice.",
        Steps = [],
    }.With(Anomaly(Inquiries, FaultPoints.ConsumeReceiveAfter, FaultKinds.Duplicate, Created), "Delivers one message twice.");

    private static Scenario ReplyLost => new Scenario
    {
        Guard = new ScenarioGuard(Inquiries, GuardNames.IdempotencyKey),
        Id = "reply-lost",
        System = System,
        Title = "The reply is lost and the customer sends again",
        Story = "The inquiry is stored, but the answer never reaches the browser. The customer sees an error and presses the button again, as everybody does.",
        Breaks = "One answer of the inquiries service is lost.",
        Watch = ["the arrow from the client to inquiries", "how many journeys appear", "how many tickets are made"],
        Guarded = "The second request carries the same key and gets the stored answer: there is one inquiry.",
        Unguarded = "The second request is a second inquiry: two tickets, two people at work on one question.",
        Steps = [],
    }.With(Anomaly(Inquiries, FaultPoints.HttpResponseBefore, FaultKinds.Drop, null), "Loses one answer.");

    private static Scenario HandlerFailsOnce => new Scenario
    {
        Guard = new ScenarioGuard(Tickets, GuardNames.Retry),
        Id = "handler-fails-once",
        System = System,
        Title = "A handler fails once",
        Story = "A message arrives and its handler fails: the database was away for a second, a lock timed out, whatever. The next attempt would work.",
        Breaks = "The tickets service fails at its first attempt to handle the inquiry.",
        Watch = ["what tickets has parked", "the attempts in the journey", "the customer's status page"],
        Guarded = "The message is parked and tried again a moment later. The customer notices nothing.",
        Unguarded = "The first failure is final: the message is acknowledged and dropped, and no ticket is made.",
        Steps = [],
    }.With(Anomaly(Tickets, FaultPoints.ConsumeHandleBefore, FaultKinds.Exception, Submitted), "Fails one attempt.");

    /// <summary>The steps that all of them have: the guard, the fault, a customer, a look, and everything as it was.</summary>
    private static Scenario With(this Scenario story, object anomaly, string says) => story with
    {
        Steps =
        [
            .. ScenarioSteps.Switch(story.Guard),
            ScenarioSteps.Break("The fault is set", says, anomaly),
            new ScenarioStep("submit", "A customer submits an inquiry", "As the customer's page does it: with a key, and again with the same key while there is no answer.")
            {
                Request = new ScenarioRequest("POST", $"/apps/{Inquiries}/inquiries")
                {
                    Headers = new Dictionary<string, string> { ["Idempotency-Key"] = "{play}" },
                    Body = ScenarioSteps.Json(new { name = "Marta Kowalska", email = "marta@example.org", title = "Moja drukarka nie drukuje", description = "Od wczoraj moja drukarka nie drukuje, a na ekranie widzę tylko błąd. Proszę o pomoc.", category = "technical" }),
                },
                MayFail = true,
                Saves = new Dictionary<string, string> { ["inquiry"] = "id", ["statusLink"] = "statusLink" },
            },
            new ScenarioStep("look", "Look at its journey", "What became of the message, step by step.") { Request = new ScenarioRequest("GET", "/api/journey/{play}"), MayFail = true },
            .. ScenarioSteps.PutBack(story.Guard),
        ],
    };

    private static object Anomaly(string service, FaultPoint point, string kind, string? messageType) => new
    {
        service,
        point = point.Name,
        kind,
        match = messageType is null ? null : new { messageType },
        trigger = new { once = true },
        createdBy = "scenario",
    };
}
