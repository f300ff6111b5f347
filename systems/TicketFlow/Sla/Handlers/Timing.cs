using System.Text.Json;
using Faultline.Hosting.Data;
using Faultline.Messaging.Publishing;
using Microsoft.EntityFrameworkCore;
using TicketFlow.Communication.Contracts;
using TicketFlow.Samples;
using TicketFlow.Sla.Contracts;
using TicketFlow.Sla.Data;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Sla.Handlers;

/// <summary>What all events of a ticket do to its clock. Timers are scheduled messages: durable, and one however many replicas there are.</summary>
internal static class Timing
{
    /// <summary>The name of the lock under which a deadline changes: events come from tickets, timers from here.</summary>
    public static string LockOf(Guid ticket) => $"deadline:{ticket}";

    public static DeadlineClock ClockOf(Deadline deadline) => new(deadline.CreatedAt, deadline.Allowed, deadline.Blocked, deadline.RepeatAfter);

    /// <summary>The deadline that an event of the ticket changes; null for an event that is known already, or that is older than one that is known.</summary>
    /// <exception cref="InvalidOperationException">The ticket has no deadline yet; it is tried again.</exception>
    public static async Task<Deadline?> FindAsync(SlaDb db, UnitOfWork unit, Guid ticket, int version, CancellationToken stop)
    {
        if (await FindAsync(db, unit, ticket, stop) is not { } deadline || version <= deadline.Version) return null;
        deadline.Version = version;
        return deadline;
    }

    /// <summary>The deadline that a timer belongs to; null for a sample that is removed.</summary>
    /// <exception cref="InvalidOperationException">The ticket has no deadline yet; it is tried again.</exception>
    public static async Task<Deadline?> FindAsync(SlaDb db, UnitOfWork unit, Guid ticket, CancellationToken stop)
    {
        await unit.LockAsync(LockOf(ticket), stop);
        if (await db.Deadlines.FindAsync([ticket], stop) is { } deadline) return deadline;
        return await RemovedSamples.HasAsync(unit, ticket, stop) ? null : throw new InvalidOperationException($"ticket {ticket} has no deadline yet");
    }

    /// <summary>Stops the clock: what waits is taken back, what is on its way is void.</summary>
    public static void Stop(Deadline deadline, UnitOfWork unit)
    {
        deadline.Plan++;
        TakeBack(deadline.TicketId, unit);
    }

    /// <summary>Takes all timers of a ticket back that wait.</summary>
    public static void TakeBack(Guid ticket, UnitOfWork unit)
    {
        foreach (int percent in DeadlineClock.Percents) unit.Cancel(ReminderOf(ticket, percent));
        unit.Cancel(BreachOf(ticket));
    }

    /// <summary>Lets the clock go on: what was not told yet is planned anew. What should have been told already is told at once.</summary>
    public static async Task GoOnAsync(Deadline deadline, SlaDb db, UnitOfWork unit, CancellationToken stop)
    {
        deadline.Plan++;
        int[] told = await db.Told.Where(row => row.TicketId == deadline.TicketId && row.Kind == "reminder").Select(row => row.Step).ToArrayAsync(stop);
        foreach (int percent in DeadlineClock.Percents.Except(told))
        {
            unit.Schedule(new ReminderTimer(deadline.TicketId, percent, deadline.Plan), ClockOf(deadline).ReminderAt(percent), ReminderOf(deadline.TicketId, percent));
        }

        ScheduleBreach(deadline, unit);
    }

    /// <summary>Plans the next alert.</summary>
    public static void ScheduleBreach(Deadline deadline, UnitOfWork unit)
    {
        int step = deadline.Breaches + 1;
        if (step <= DeadlineClock.BreachesMax) unit.Schedule(new BreachTimer(deadline.TicketId, step, deadline.Plan), ClockOf(deadline).BreachAt(step), BreachOf(deadline.TicketId));
    }

    /// <summary>Gives the next alert.</summary>
    public static void Breach(Deadline deadline, SlaDb db, UnitOfWork unit, DateTimeOffset now)
    {
        int step = ++deadline.Breaches;
        DateTimeOffset dueAt = ClockOf(deadline).DueAt;
        db.Add(new Told { TicketId = deadline.TicketId, Kind = "breach", Step = step, DueAt = ClockOf(deadline).BreachAt(step), At = now });
        unit.Publish(new Alert(
            $"sla-breached-{deadline.TicketId}-{step}", "sla-breached", deadline.TicketId, $"Deadline passed: {deadline.Title}",
            $"The {deadline.Agreement} agreement allowed an answer until {dueAt:yyyy-MM-dd HH:mm:ss} UTC. This is alert {step}.", RecipientsOf(deadline), now));
    }

    /// <summary>Says how the ticket stands now.</summary>
    public static void Tell(Deadline deadline, UnitOfWork unit, DateTimeOffset now)
    {
        deadline.Revision++;
        TimeSpan standing = deadline.StoppedAt is { } since && now > since ? now - since : TimeSpan.Zero;
        unit.Publish(new DeadlinesCalculated(
            deadline.TicketId, deadline.Revision, deadline.Agreement, ClockOf(deadline).DueAt + standing, (long)deadline.Blocked.TotalMilliseconds, deadline.StoppedAt, deadline.Outcome, deadline.Breaches));
    }

    /// <summary>Who is told: whoever works on it, or the supervisors.</summary>
    public static IReadOnlyList<Contact> RecipientsOf(Deadline deadline) => deadline is { AssigneeName: { } name, AssigneeEmail: { } email }
        ? [new Contact(name, email)]
        : JsonSerializer.Deserialize<Contact[]>(deadline.Supervisors)!;

    private static string ReminderOf(Guid ticket, int percent) => $"reminder:{ticket}:{percent}";

    private static string BreachOf(Guid ticket) => $"breach:{ticket}";
}
