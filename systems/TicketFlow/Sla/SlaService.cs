using Faultline.Hosting;
using Faultline.Hosting.Data;
using Microsoft.Extensions.DependencyInjection;
using TicketFlow.Communication.Contracts;
using TicketFlow.Sla.Contracts;
using TicketFlow.Sla.Data;
using TicketFlow.Sla.Handlers;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Sla;

internal static class SlaService
{
    public static void Configure(ServiceBuilder service) => service
        .Publishes<DeadlinesCalculated>()
        .Publishes<ReminderDue>()
        .Publishes<Alert>()
        .Publishes<ReminderTimer>()
        .Publishes<BreachTimer>()
        .Consumes<TicketQualified, TicketQualifiedHandler>()
        .Consumes<AgentAssigned, AgentAssignedHandler>()
        .Consumes<TicketBlocked, TicketBlockedHandler>()
        .Consumes<TicketUnblocked, TicketUnblockedHandler>()
        .Consumes<TicketResolved, TicketResolvedHandler>()
        .Consumes<TicketRemoved, TicketRemovedHandler>()
        .Consumes<ReminderTimer, ReminderTimerHandler>()
        .Consumes<BreachTimer, BreachTimerHandler>()
        .Migrates(from: "Sla/Migrations")
        .States("deadlines",
            """
            select ticket_id as subject, version, revision, agreement, severity, created_at, extract(epoch from allowed) as allowed_seconds, extract(epoch from blocked) as blocked_seconds,
              created_at + allowed + blocked as due_at, resolved_at, resolved_seen_at, outcome, breaches
            from deadline
            """)
        .States("told", "select ticket_id as subject, kind, step, due_at, at from told order by id")
        .Uses((services, _) => services.AddSingleton<DbContexts<SlaDb>>());
}
