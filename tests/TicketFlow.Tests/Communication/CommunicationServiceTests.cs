using System.Collections.Concurrent;
using Faultline.Hosting;
using Faultline.Messaging.Consuming;
using Faultline.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TicketFlow.Communication;
using TicketFlow.Communication.Contracts;
using TicketFlow.Sla.Contracts;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Tests.Whole;

namespace TicketFlow.Tests.Communication;

/// <summary>The service on a real database and a real queue, with a desk beside it that publishes what the others do.</summary>
public sealed class CommunicationServiceTests : IAsyncLifetime
{
    private const string Service = "ticketflow/communication";
    private const string Desk = "ticketflow/desk";
    private static readonly Guid Ticket = new("0190a2f4-0000-7000-8000-000000000001");
    private static readonly Contact Customer = new("Zoë", "zoe@customer.example");
    private static readonly Contact Agent = new("Ann", "ann@desk.example");

    private readonly PostgresDatabase _database = new();
    private readonly PostgresDatabase _deskDatabase = new();
    private readonly PostgresDatabase _queue = new();
    private readonly ConcurrentQueue<MessageSent> _told = [];
    private readonly SystemDefinition _system;
    private readonly string _data = Directory.CreateTempSubdirectory("ticketflow-service").FullName;
    private RunningService _desk = null!;

    public CommunicationServiceTests() => _system = new SystemDefinition("ticketflow",
    [
        new ServiceDefinition(Service, CommunicationService.Configure, typeof(TicketFlowSystem).Assembly),
        new ServiceDefinition(Desk, ConfigureDesk, typeof(CommunicationServiceTests).Assembly),
    ]);

    public async ValueTask InitializeAsync()
    {
        foreach (PostgresDatabase database in new[] { _database, _deskDatabase, _queue }) await database.InitializeAsync();
        _desk = await RunningService.StartAsync(_system, Desk, _deskDatabase.ConnectionString, _queue.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _desk.DisposeAsync();
        foreach (PostgresDatabase database in new[] { _database, _deskDatabase, _queue }) await database.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Each_event_makes_one_letter_that_is_told_and_put_into_the_folder_once_however_often_it_comes()
    {
        var reply = new AgentReplied(Ticket, Guid.Empty, "Rechnung", "We look.", "de", Customer, "Ann", SampleLetters.At);
        var resolved = new TicketResolved(Ticket, 5, "Rechnung", "Paid\0 twice.", "de", Customer, "Ann", SampleLetters.At);
        var reminder = new ReminderDue(Ticket, 75, "Rechnung", Severity.High, SampleLetters.At, [Agent, Agent], SampleLetters.At);
        var alert = new Alert($"sla-breached-{Ticket}-2", "sla-breached", Ticket, "Too late", "The deadline has passed.", [Agent], SampleLetters.At);
        await using RunningService service = await StartAsync();

        foreach (Faultline.Messaging.Publishing.IMessage message in new Faultline.Messaging.Publishing.IMessage[] { reply, resolved, reminder, alert, resolved, alert, resolved }) await _desk.PublishAsync(message);

        await Until("4 letters are sent, and the repeats are counted", "select count(*) filter (where sent_at is not null and tries = 1) = 4 and sum(times) = 7 from letter");
        string[] ids = [$"reminder-{Ticket}-75", $"reply-{Guid.Empty}", $"resolution-{Ticket}", $"sla-breached-{Ticket}-2"];
        Directory.GetFiles(Path.Combine(_data, "mail")).Select(Path.GetFileNameWithoutExtension).Order().ShouldBe(ids);
        await Limits.UntilAsync(() => _told.Count == 4, "the desk is told of 4 letters");
        _told.Select(told => told.LetterId).Order().ShouldBe(ids);
        MessageSent answer = _told.Single(told => told.Kind == LetterKind.Resolution);
        (answer.TicketId, answer.TextId, answer.Subject, answer.Text, answer.Author).ShouldBe((Ticket, Ticket, "Resolved: Rechnung", "Paid twice.", "Ann"));
        answer.Recipients.ShouldBe([Customer]);
    }

    [Fact]
    public async Task A_mail_server_that_is_away_costs_time_and_nothing_else()
    {
        await using var server = new SmtpServerDouble { Instead = command => command.Length == 0 ? "421 away" : null };
        await using RunningService service = await StartAsync($"--TicketFlow:Mail:Smtp:Host=127.0.0.1", $"--TicketFlow:Mail:Smtp:Port={server.Port}");
        await _desk.PublishAsync(new Alert("alert-1", "incident-reported", null, "Fire", "It burns.", [Agent], SampleLetters.At));
        await Until("two attempts are noted", "select tries >= 2 and error like '%421 away%' and sent_at is null from letter");

        server.Instead = null;

        await Until("the letter is sent", "select sent_at is not null and error is null from letter");
        new EmlReader(server.Arrivals.ShouldHaveSingleItem().Eml)["Message-ID"].ShouldBe("<alert-1@ticketflow.example>");
        (await CountAsync("select count(*) from faultline.dead_letter")).ShouldBe(0);
        _told.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Who_can_not_be_reached_is_given_up_at_once_and_the_others_get_their_letter()
    {
        await using var server = new SmtpServerDouble { Instead = command => command.StartsWith("RCPT TO:<gone@", StringComparison.Ordinal) ? "550 5.1.1 no such user" : null };
        await using RunningService service = await StartAsync($"--TicketFlow:Mail:Smtp:Host=127.0.0.1", $"--TicketFlow:Mail:Smtp:Port={server.Port}");

        await _desk.PublishAsync(new Alert("gone", "test", null, "A", "B", [new Contact("", "gone@desk.example")], SampleLetters.At));
        await _desk.PublishAsync(new Alert("nobody", "test", null, "A", "B", [], SampleLetters.At));
        await _desk.PublishAsync(new Alert("some", "test", null, "A", "B", [new Contact("", "gone@desk.example"), Agent, new Contact("", "none")], SampleLetters.At));

        await Until("two are given up", "select count(*) = 2 from letter where given_up_at is not null and tries = 1 and sent_at is null and id in ('gone', 'nobody')");
        await Until("one is sent, with what went wrong", "select sent_at is not null and error like '%1 of 3 addresses are none. %550 5.1.1 no such user%' and reached = '{ann@desk.example}' from letter where id = 'some'");
        server.Arrivals.Single().To.ShouldBe(["ann@desk.example"]);
    }

    [Fact]
    public async Task An_alert_whose_id_would_be_a_path_becomes_a_dead_letter_at_once()
    {
        await using RunningService service = await StartAsync();

        await _desk.PublishAsync(new Alert("../../x", "test", null, "A", "B", [Agent], SampleLetters.At));

        await Until("it is a dead letter", "select count(*) = 1 from faultline.dead_letter where reason like '%1 to 100 letters, digits and dashes%'");
        (await CountAsync("select count(*) from letter")).ShouldBe(0);
    }

    private void ConfigureDesk(ServiceBuilder service) => service
        .Publishes<TicketResolved>().Publishes<AgentReplied>().Publishes<ReminderDue>().Publishes<Alert>().Publishes<TicketRemoved>()
        .Consumes<MessageSent, MessageSentHandler>()
        .Uses((services, _) => services.AddSingleton(_told));

    private sealed class MessageSentHandler(ConcurrentQueue<MessageSent> told) : IHandler<MessageSent>
    {
        public Task HandleAsync(MessageSent message, Handling handling, CancellationToken stop)
        {
            told.Enqueue(message);
            return Task.CompletedTask;
        }
    }

    private Task<RunningService> StartAsync(params string[] settings) => RunningService.StartAsync(_system, Service, _database.ConnectionString, _queue.ConnectionString, [$"--Faultline:Data={_data}", .. settings]);

    private async Task Until(string what, string condition)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (await AskAsync(condition) is not true)
        {
            if (TimeProvider.System.GetElapsedTime(start) > Limits.Hang) throw new TimeoutException($"did not happen within {Limits.Hang}: {what}; there is {await AskAsync("select json_agg(l) from letter l")}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private async Task<long> CountAsync(string query) => (long)(await AskAsync(query))!;

    private async Task<object?> AskAsync(string query)
    {
        await using NpgsqlCommand command = _database.Source.CreateCommand(query);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
