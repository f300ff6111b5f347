using System.Text.Json;
using Faultline.Hosting.Data;
using Faultline.Messaging.Consuming;
using Microsoft.EntityFrameworkCore;
using TicketFlow.Samples;
using TicketFlow.Sla.Contracts;
using TicketFlow.Sla.Data;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Sla.Handlers;

/// <summary>The clock of a ticket begins to count when it is known how bad it is; it counts from the ticket's creation.</summary>
internal sealed class TicketQualifiedHandler(DbContexts<SlaDb> contexts, TimeProvider time) : IHandler<TicketQualified>
{
    private const string Standard = "standard";

    public async Task HandleAsync(TicketQualified message, Handling handling, CancellationToken stop)
    {
        SlaDb db = contexts.For(handling.Unit);
        await handling.Unit.LockAsync(Timing.LockOf(message.TicketId), stop);
        if (await db.Deadlines.FindAsync([message.TicketId], stop) is not null || await RemovedSamples.HasAsync(handling.Unit, message.TicketId, stop)) return;

        string domain = message.Customer.Email[(message.Customer.Email.LastIndexOf('@') + 1)..].ToLowerInvariant();
        string name = await db.SignedAgreements.Where(signed => signed.Domain == domain).Select(signed => signed.Agreement).SingleOrDefaultAsync(stop) ?? Standard;
        string severity = message.Severity.ToString().ToLowerInvariant();
        Agreement agreement = await db.Agreements.SingleAsync(row => row.Name == name, stop);
        AgreementTime allowed = await db.AgreementTimes.SingleAsync(row => row.Agreement == name && row.Severity == severity, stop);
        var deadline = new Deadline
        {
            TicketId = message.TicketId,
            Version = message.Version,
            Agreement = name,
            Severity = message.Severity,
            Title = message.Title,
            CreatedAt = message.CreatedAt,
            Allowed = allowed.Allowed,
            RepeatAfter = agreement.RepeatAfter,
            Supervisors = JsonSerializer.Serialize(message.Supervisors),
        };
        db.Add(deadline);
        await Timing.GoOnAsync(deadline, db, handling.Unit, stop);
        Timing.Tell(deadline, handling.Unit, time.GetUtcNow());
    }
}

/// <summary>Who works on a ticket is reminded of its time.</summary>
internal sealed class AgentAssignedHandler(DbContexts<SlaDb> contexts) : IHandler<AgentAssigned>
{
    public async Task HandleAsync(AgentAssigned message, Handling handling, CancellationToken stop)
    {
        if (await Timing.FindAsync(contexts.For(handling.Unit), handling.Unit, message.TicketId, message.Version, stop) is not { } deadline) return;

        deadline.AssigneeName = message.Assignee.Name;
        deadline.AssigneeEmail = message.Assignee.Email;
    }
}

/// <summary>While a ticket is blocked its clock stands.</summary>
internal sealed class TicketBlockedHandler(DbContexts<SlaDb> contexts, TimeProvider time) : IHandler<TicketBlocked>
{
    public async Task HandleAsync(TicketBlocked message, Handling handling, CancellationToken stop)
    {
        if (await Timing.FindAsync(contexts.For(handling.Unit), handling.Unit, message.TicketId, message.Version, stop) is not { } deadline) return;

        deadline.StoppedAt = message.At;
        Timing.Stop(deadline, handling.Unit);
        Timing.Tell(deadline, handling.Unit, time.GetUtcNow());
    }
}

/// <summary>The clock goes on, and the deadline has moved by the time that it stood.</summary>
internal sealed class TicketUnblockedHandler(DbContexts<SlaDb> contexts, TimeProvider time) : IHandler<TicketUnblocked>
{
    public async Task HandleAsync(TicketUnblocked message, Handling handling, CancellationToken stop)
    {
        SlaDb db = contexts.For(handling.Unit);
        if (await Timing.FindAsync(db, handling.Unit, message.TicketId, message.Version, stop) is not { StoppedAt: { } since } deadline) return;

        deadline.Blocked += message.At - since;
        deadline.StoppedAt = null;
        await Timing.GoOnAsync(deadline, db, handling.Unit, stop);
        Timing.Tell(deadline, handling.Unit, time.GetUtcNow());
    }
}

/// <summary>The end of a ticket's clock: met or missed by the time of the resolution, however late this service learns of it.</summary>
internal sealed class TicketResolvedHandler(DbContexts<SlaDb> contexts, TimeProvider time) : IHandler<TicketResolved>
{
    public async Task HandleAsync(TicketResolved message, Handling handling, CancellationToken stop)
    {
        SlaDb db = contexts.For(handling.Unit);
        if (await Timing.FindAsync(db, handling.Unit, message.TicketId, message.Version, stop) is not { } deadline) return;

        DateTimeOffset now = time.GetUtcNow();
        Timing.Stop(deadline, handling.Unit);
        // An alert whose time had come before the resolution is given, also when the timer and the resolution have met on the way.
        while (deadline.Breaches < DeadlineClock.BreachesMax && Timing.ClockOf(deadline).BreachAt(deadline.Breaches + 1) < message.At) Timing.Breach(deadline, db, handling.Unit, now);
        deadline.ResolvedAt = message.At;
        deadline.ResolvedSeenAt = now;
        deadline.Outcome = message.At <= Timing.ClockOf(deadline).DueAt ? DeadlineOutcome.Met : DeadlineOutcome.Missed;
        Timing.Tell(deadline, handling.Unit, now);
    }
}

/// <summary>A part of the time has passed.</summary>
internal sealed class ReminderTimerHandler(DbContexts<SlaDb> contexts, TimeProvider time) : IHandler<ReminderTimer>
{
    public async Task HandleAsync(ReminderTimer message, Handling handling, CancellationToken stop)
    {
        SlaDb db = contexts.For(handling.Unit);
        if (await Timing.FindAsync(db, handling.Unit, message.TicketId, stop) is not { } deadline) return;
        // What was on its way when the clock was stopped is void; what fired twice is told once.
        if (message.Plan != deadline.Plan || deadline.StoppedAt is not null || deadline.ResolvedAt is not null) return;
        if (await db.Told.AnyAsync(told => told.TicketId == message.TicketId && told.Kind == "reminder" && told.Step == message.Percent, stop)) return;

        DeadlineClock clock = Timing.ClockOf(deadline);
        DateTimeOffset now = time.GetUtcNow();
        db.Add(new Told { TicketId = deadline.TicketId, Kind = "reminder", Step = message.Percent, DueAt = clock.ReminderAt(message.Percent), At = now });
        handling.Unit.Publish(new ReminderDue(deadline.TicketId, message.Percent, deadline.Title, deadline.Severity, clock.DueAt, Timing.RecipientsOf(deadline), now));
    }
}

/// <summary>The deadline has passed, or its alert is to be repeated.</summary>
internal sealed class BreachTimerHandler(DbContexts<SlaDb> contexts, TimeProvider time) : IHandler<BreachTimer>
{
    public async Task HandleAsync(BreachTimer message, Handling handling, CancellationToken stop)
    {
        SlaDb db = contexts.For(handling.Unit);
        if (await Timing.FindAsync(db, handling.Unit, message.TicketId, stop) is not { } deadline) return;
        if (message.Plan != deadline.Plan || message.Step != deadline.Breaches + 1 || deadline.StoppedAt is not null || deadline.ResolvedAt is not null) return;

        DateTimeOffset now = time.GetUtcNow();
        Timing.Breach(deadline, db, handling.Unit, now);
        Timing.ScheduleBreach(deadline, handling.Unit);
        Timing.Tell(deadline, handling.Unit, now);
    }
}
