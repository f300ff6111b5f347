using Faultline.Hosting;
using Faultline.Messaging.Consuming;
using Faultline.Messaging.Publishing;
using Faultline.TestSupport;
using Npgsql;
using TicketFlow.Communication.Contracts;
using TicketFlow.Sla;
using TicketFlow.Sla.Contracts;
using TicketFlow.Tests.Whole;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Tests.Sla;

/// <summary>The service on a real database and a real queue, with a desk beside it that publishes what tickets would.</summary>
public sealed class SlaServiceTests : IAsyncLifetime
{
    private const string Service = "ticketflow/sla", Desk = "ticketflow/desk";

    private static readonly Contact Ann = new("Ann", "ann@desk.example"), Supervisor = new("Ruth", "ruth@desk.example");

    private readonly PostgresDatabase _database = new(), _deskDatabase = new(), _queue = new();
    private readonly SystemDefinition _system;
    private readonly Guid _ticket = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private RunningService _desk = null!, _sla = null!;

    public SlaServiceTests() => _system = new SystemDefinition("ticketflow",
    [
        new ServiceDefinition(Service, SlaService.Configure, typeof(TicketFlowSystem).Assembly),
        new ServiceDefinition(Desk, ConfigureDesk, typeof(SlaServiceTests).Assembly),
    ]);

    public async ValueTask InitializeAsync()
    {
        foreach (PostgresDatabase database in new[] { _database, _deskDatabase, _queue }) await database.InitializeAsync();
        _desk = await RunningService.StartAsync(_system, Desk, _deskDatabase.ConnectionString, _queue.ConnectionString);
        _sla = await RunningService.StartAsync(_system, Service, _database.ConnectionString, _queue.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _sla.DisposeAsync();
        await _desk.DisposeAsync();
        foreach (PostgresDatabase database in new[] { _database, _deskDatabase, _queue }) await database.DisposeAsync();
    }

    [Fact]
    public async Task Reminders_and_the_alert_are_planned_from_the_creation_and_not_from_the_qualification()
    {
        await QualifyAsync(createdBefore: TimeSpan.FromMinutes(2), Severity.Low, "ann@vip.example"); // 30 minutes.

        await Until("four timers wait", "select count(*) = 4 from faultline.schedule");
        (await AskAsync("select string_agg(split_part(name, ':', 1) || ' ' || split_part(name, ':', 3) || ' ' || round(extract(epoch from due_at - d.created_at)), ', ' order by due_at) from faultline.schedule, deadline d"))
            .ShouldBe("reminder 50 900, reminder 75 1350, reminder 90 1620, breach  1800");
    }

    [Fact]
    public async Task What_should_have_been_told_before_the_qualification_is_told_at_once_and_once()
    {
        await QualifyAsync(createdBefore: TimeSpan.FromMinutes(24), Severity.Low, "ann@vip.example"); // 30 minutes: 50 and 75 % are over, and the next is minutes away, however slow the machine.

        await Until("two reminders were given", "select count(*) = 2 from told where kind = 'reminder' and at >= due_at");
        await Until("two timers wait", "select count(*) = 2 from faultline.schedule");
        await Until("nothing is on its way", Quiet);
        (await AskAsync("select string_agg(step::text, ',' order by step) from told")).ShouldBe("50,75");
    }

    [Fact]
    public async Task While_a_ticket_is_blocked_no_timer_waits_and_afterwards_all_have_moved_by_that_time()
    {
        await QualifyAsync(createdBefore: TimeSpan.FromMinutes(1), Severity.Low, "ann@vip.example");
        await _desk.PublishAsync(new TicketBlocked(_ticket, 4, "waits", _now));
        await Until("no timer waits", "select stopped_at is not null and not exists (select from faultline.schedule) from deadline");

        await _desk.PublishAsync(new TicketUnblocked(_ticket, 5, _now.AddMinutes(10)));

        await Until("four timers wait", "select count(*) = 4 from faultline.schedule");
        (await AskAsync("select string_agg(round(extract(epoch from due_at - d.created_at))::text, ',' order by due_at) from faultline.schedule, deadline d")).ShouldBe("1500,1950,2220,2400");
    }

    [Theory]
    [InlineData(-1, "met", 0)]
    [InlineData(1, "missed", 1)]
    [InlineData(130, "missed", 2)] // The first repetition comes after two minutes.
    public async Task Met_and_missed_count_by_the_time_of_the_resolution_however_late_it_is_known(int secondsAfterDeadline, string outcome, int alerts)
    {
        // The deadline of this one-hour agreement was some minutes ago, and nobody has heard of its ticket until now.
        await _sla.DisposeAsync();
        DateTimeOffset created = _now.AddMinutes(-70);
        await PublishQualifiedAsync(created, Severity.Critical, "ann@nobody.example");
        await _desk.PublishAsync(new TicketResolved(_ticket, 4, "T", "done", "en", new Contact("A", "a@b.example"), "Ann", created.AddHours(1).AddSeconds(secondsAfterDeadline)));
        _sla = await RunningService.StartAsync(_system, Service, _database.ConnectionString, _queue.ConnectionString);

        await Until("the outcome is recorded", "select exists (select from deadline where outcome <> 'running')");
        await Until("nothing is on its way", Quiet);
        (await AskAsync("select outcome || ' ' || breaches from deadline")).ShouldStartWith(outcome);
        // Timers that were due may have fired between the two; what counts is that none is missing and none comes after the end.
        int told = int.Parse((await AskAsync("select count(*) from told where kind = 'breach'"))!, global::System.Globalization.CultureInfo.InvariantCulture);
        told.ShouldBeGreaterThanOrEqualTo(alerts);
        (await AskAsync("select count(*) from told, deadline d where at > d.resolved_seen_at + interval '5 ms'")).ShouldBe("0");
        (await AskAsync("select count(*) from faultline.schedule")).ShouldBe("0");
    }

    [Fact]
    public async Task Late_and_repeated_events_change_nothing_of_a_ticket_that_is_resolved()
    {
        await QualifyAsync(createdBefore: TimeSpan.FromMinutes(1), Severity.Low, "ann@vip.example");
        await _desk.PublishAsync(new AgentAssigned(_ticket, 4, Ann, _now));
        await _desk.PublishAsync(new TicketResolved(_ticket, 5, "T", "done", "en", new Contact("A", "a@b.example"), "Ann", _now));
        await Until("it is met", "select exists (select from deadline where outcome = 'met')");
        string before = (await AskAsync("select to_jsonb(d)::text from deadline d"))!;

        await _desk.PublishAsync(new TicketBlocked(_ticket, 4, "late", _now));
        await _desk.PublishAsync(new TicketUnblocked(_ticket, 5, _now.AddHours(1)));
        await _desk.PublishAsync(new AgentAssigned(_ticket, 3, Supervisor, _now));
        await PublishQualifiedAsync(_now, Severity.Critical, "ann@vip.example");
        await Until("all of it was handled", "select count(*) = 7 from faultline.inbox");

        (await AskAsync("select to_jsonb(d)::text from deadline d")).ShouldBe(before);
        (await AskAsync("select count(*) from faultline.schedule")).ShouldBe("0");
    }

    [Fact]
    public async Task An_event_of_a_version_that_the_service_does_not_know_is_kept_and_holds_nobody_up()
    {
        await _desk.PublishAsync(new TicketQualifiedOfTheFuture(_ticket, "anything"));
        await Until("it is a dead letter", "select count(*) = 1 from faultline.dead_letter where type = 'ticketflow.ticket-qualified' and version = 9");

        await QualifyAsync(createdBefore: TimeSpan.FromMinutes(1), Severity.Low, "ann@vip.example");

        await Until("the next one was handled", "select count(*) = 1 from deadline");
    }

    /// <summary>What another build of tickets might publish one day.</summary>
    [Message("ticketflow.ticket-qualified", version: 9)]
    internal sealed record TicketQualifiedOfTheFuture(Guid TicketId, string Else) : IMessage
    {
        string? IMessage.Key => TicketId.ToString();
    }

    private const string Quiet = "select not exists (select from faultline.outbox) and not exists (select from faultline.parked)";

    private static void ConfigureDesk(ServiceBuilder service) => service
        .Publishes<TicketQualified>().Publishes<AgentAssigned>().Publishes<TicketBlocked>().Publishes<TicketUnblocked>().Publishes<TicketResolved>().Publishes<TicketRemoved>().Publishes<TicketQualifiedOfTheFuture>()
        .Consumes<DeadlinesCalculated, Ignore<DeadlinesCalculated>>().Consumes<ReminderDue, Ignore<ReminderDue>>().Consumes<Alert, Ignore<Alert>>();

    private sealed class Ignore<TMessage> : IHandler<TMessage>
        where TMessage : IMessage
    {
        public Task HandleAsync(TMessage message, Handling handling, CancellationToken stop) => Task.CompletedTask;
    }

    private async Task QualifyAsync(TimeSpan createdBefore, Severity severity, string customer)
    {
        await PublishQualifiedAsync(_now - createdBefore, severity, customer);
        await Until("the deadline is known", "select count(*) = 1 from deadline");
    }

    private Task PublishQualifiedAsync(DateTimeOffset created, Severity severity, string customer) =>
        _desk.PublishAsync(new TicketQualified(_ticket, 3, TicketKind.Question, severity, "T", new Contact("A", customer), created, [Supervisor], _now));

    private Task Until(string what, string condition) => Limits.UntilAsync(async () => await AskAsync(condition) == "True", what);

    private async Task<string?> AskAsync(string query)
    {
        await using NpgsqlCommand command = _database.Source.CreateCommand(query);
        return (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))?.ToString();
    }
}
