using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Faultline.TestSupport;
using TicketFlow.Communication.Data;
using TicketFlow.Communication.Mail;
using TicketFlow.Communication.Mail.Smtp;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Tests.Communication;

public sealed class SmtpMailerTests : IAsyncDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    private readonly SmtpServerDouble _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_letter_arrives_for_everybody()
    {
        Letter letter = SampleLetters.To("a@b.example", "c@d.example");

        Delivery delivery = await SendAsync(letter);

        delivery.Reached.ShouldBe(["a@b.example", "c@d.example"]);
        (delivery.Refused.Count, delivery.Error).ShouldBe((0, null));
        Arrival arrival = _server.Arrivals.ShouldHaveSingleItem();
        arrival.From.ShouldBe("MAIL FROM:<desk@ticketflow.example>");
        arrival.To.ShouldBe(["a@b.example", "c@d.example"]);
        arrival.Eml.ShouldBe(EmlWriter.Write(letter, new MailOptions()));
    }

    [Fact]
    public async Task A_server_that_takes_a_letter_and_does_not_say_so_gets_the_same_one_again()
    {
        _server.Instead = command => command == SmtpServerDouble.EndOfData && _server.Arrivals.Count == 1 ? SmtpServerDouble.Hang : null;

        Delivery first = await SendAsync(SampleLetters.To("a@b.example"), Short);
        Delivery second = await SendAsync(SampleLetters.To("a@b.example"));

        first.ShouldBeEquivalentTo(Delivery.Failed("The mail server did not answer within 0.3 s."));
        second.Reached.ShouldBe(["a@b.example"]);
        _server.Arrivals.Count.ShouldBe(2);
        _server.Arrivals.Select(arrival => new EmlReader(arrival.Eml)["Message-ID"]).Distinct().ShouldBe(["<reply-1@ticketflow.example>"]);
    }

    [Fact]
    public async Task Hostile_texts_arrive_as_they_are_and_end_nothing()
    {
        foreach (string text in HostileTexts.All.Where((_, place) => place % 5 == 0).Append("\r\n.\r\nMAIL FROM:<x@y>\r\n"))
        {
            (await SendAsync(SampleLetters.To() with { Recipients = [new Contact(text, "a@b.example")], Subject = text, Text = text, Author = null })).Error.ShouldBeNull();

            _server.Arrivals.TryDequeue(out Arrival? arrival).ShouldBeTrue();
            var eml = new EmlReader(arrival!.Eml);
            eml["Subject"].ShouldBe(HostileTexts.AsHeader(text));
            eml.Body.ShouldBe(HostileTexts.AsBody(text) + "\n");
            eml.Names.Count().ShouldBe(8);
        }

        _server.Commands.Count(command => command.StartsWith("RCPT", StringComparison.Ordinal)).ShouldBe(_server.Commands.Count(command => command == "DATA"));
    }

    [Theory]
    [InlineData("RCPT TO:<b@d.example>", "550 5.1.1 no such user", "a@b.example", "b@d.example", "The mail server did not take the letter for 1 of 2: b@d.example: 550 5.1.1 no such user")]
    [InlineData("RCPT TO:<b@d.example>", "451 later", "a@b.example", "", "The mail server did not take the letter for 1 of 2: b@d.example: 451 later")]
    [InlineData(".", "554 spam", "", "a@b.example b@d.example", "The mail server did not take the letter for 2 of 2: 554 spam")]
    [InlineData(".", "452 full", "", "", "The mail server did not take the letter for 2 of 2: 452 full")]
    [InlineData("DATA", "451 later", "", "", "The mail server did not take the letter for 2 of 2: 451 later")]
    [InlineData("MAIL FROM:<desk@ticketflow.example>", "550 not you", "", "", "The mail server refused the sender: 550 not you.")]
    [InlineData("", "421 too busy", "", "", "The mail server refused the connection: 421 too busy.")]
    [InlineData("", "hello", "", "", "The mail server does not speak SMTP.")]
    [InlineData("", "drop", "", "", "The mail server ended the connection.")]
    [InlineData(".", "drop", "", "", "The mail server ended the connection.")]
    [InlineData("DATA", "drop", "", "", "The mail server ended the connection.")]
    public async Task What_the_server_answers_is_told_for_each_address(string at, string answer, string reached, string refused, string error)
    {
        _server.Instead = command => command == at ? answer : null;

        Delivery delivery = await SendAsync(SampleLetters.To("a@b.example", "b@d.example"));

        (string.Join(' ', delivery.Reached), string.Join(' ', delivery.Refused), delivery.Error).ShouldBe((reached, refused, error));
    }

    [Fact]
    public async Task When_everybody_is_refused_no_letter_is_sent()
    {
        _server.Instead = command => command.StartsWith("RCPT", StringComparison.Ordinal) ? "550 no\u0007body" : null;

        Delivery delivery = await SendAsync(SampleLetters.To("a@b.example"));

        delivery.Refused.ShouldBe(["a@b.example"]);
        delivery.Error!.ShouldEndWith("550 no body");
        _server.Commands.ShouldNotContain("DATA");
    }

    [Fact]
    public async Task Only_those_are_written_to_who_are_outstanding()
    {
        await SendAsync(SampleLetters.To("a@b.example", "c@d.example", "e@f.example") with { Reached = ["a@b.example"], Refused = ["e@f.example"] });

        _server.Arrivals.Single().To.ShouldBe(["c@d.example"]);
    }

    [Fact]
    public async Task A_server_that_hangs_up_after_it_took_the_letter_changes_nothing()
    {
        _server.Instead = command => command == "QUIT" ? SmtpServerDouble.Drop : null;

        (await SendAsync(SampleLetters.To("a@b.example"))).Reached.ShouldBe(["a@b.example"]);
    }

    [Fact]
    public async Task Where_nobody_listens_the_letter_is_to_be_tried_again()
    {
        await _server.DisposeAsync();

        (await SendAsync(SampleLetters.To("a@b.example"))).ShouldBeEquivalentTo(Delivery.Failed($"The mail server at 127.0.0.1:{_port} cannot be reached: ConnectionRefused."));
    }

    [Theory]
    [InlineData("")]
    [InlineData("DATA")]
    [InlineData(".")]
    public async Task A_server_that_is_silent_is_left_after_the_time_limit(string at)
    {
        _server.Instead = command => command == at ? SmtpServerDouble.Hang : null;

        (await SendAsync(SampleLetters.To("a@b.example"), Short)).ShouldBeEquivalentTo(Delivery.Failed("The mail server did not answer within 0.3 s."));
    }

    [Fact]
    public async Task The_end_of_the_process_ends_the_wait()
    {
        _server.Instead = command => command == "DATA" ? SmtpServerDouble.Hang : null;
        using var stop = new CancellationTokenSource();
        Task<Delivery> sending = new SmtpMailer(Options(TimeSpan.FromMinutes(5)), TimeProvider.System).SendAsync(SampleLetters.To("a@b.example"), stop.Token);
        await Limits.UntilAsync(() => _server.Commands.Contains("DATA"), "the server was asked");

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => sending.EndsAsync());
    }

    [Fact]
    public async Task After_a_failure_the_next_letter_does_not_wait_for_the_server()
    {
        _server.Instead = command => command.Length == 0 ? SmtpServerDouble.Drop : null;
        var mailer = new SmtpMailer(Options(Limits.Hang), TimeProvider.System);
        await mailer.SendAsync(SampleLetters.To("a@b.example"), TestContext.Current.CancellationToken);
        _server.Instead = _ => SmtpServerDouble.Hang;

        Delivery delivery = await mailer.SendAsync(SampleLetters.To("c@d.example"), TestContext.Current.CancellationToken);

        delivery.Error.ShouldBe("Not tried: a moment ago it was: The mail server ended the connection.");
    }

    [Fact]
    public async Task Whoever_must_sign_in_does_and_a_refusal_does_not_tell_the_secret()
    {
        string secret = Convert.ToBase64String("\0ann\0hush"u8);
        MailOptions options = SampleLetters.Over(Smtp(Limits.Hang) with { User = "ann", Password = "hush" });

        (await SendAsync(SampleLetters.To("a@b.example"), options)).Error.ShouldBeNull();
        _server.Commands.ShouldContain($"AUTH PLAIN {secret}");

        _server.Instead = command => command.StartsWith("AUTH", StringComparison.Ordinal) ? $"535 {command} is wrong" : null;
        (await SendAsync(SampleLetters.To("a@b.example"), options)).ShouldBeEquivalentTo(Delivery.Failed("The mail server refused the sign-in: 535."));
    }

    [Fact]
    public async Task A_server_that_does_not_encrypt_gets_neither_password_nor_letter()
    {
        Delivery delivery = await SendAsync(SampleLetters.To("a@b.example"), SampleLetters.Over(Smtp(Limits.Hang) with { UseTls = true, User = "ann", Password = "hush" }));

        delivery.ShouldBeEquivalentTo(Delivery.Failed("The mail server refused the encryption: 502 no."));
        _server.Commands.ShouldAllBe(command => command.StartsWith("EHLO", StringComparison.Ordinal) || command == "STARTTLS");
    }

    [Fact]
    public async Task A_server_whose_certificate_is_not_to_be_trusted_gets_nothing()
    {
        using var key = RSA.Create(2048);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        _server.Certificate = certificate;

        Delivery delivery = await SendAsync(SampleLetters.To("a@b.example"), SampleLetters.Over(Smtp(Limits.Hang) with { UseTls = true }));

        delivery.ShouldBeEquivalentTo(Delivery.Failed("The mail server's certificate is not one to trust."));
        _server.Arrivals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Addresses_outside_ascii_go_to_servers_that_know_them()
    {
        Letter letter = SampleLetters.To("żaneta@bücher.example", "a@b.example");

        Delivery plain = await SendAsync(letter);
        plain.Refused.ShouldBe(["żaneta@bücher.example"]);
        new EmlReader(_server.Arrivals.Single().Eml)["To"].ShouldBe("Zoë <a@b.example>");

        _server.Abilities = ["SMTPUTF8", "8BITMIME"];
        (await SendAsync(letter)).Reached.Count.ShouldBe(2);
        _server.Commands.ShouldContain("MAIL FROM:<desk@ticketflow.example> SMTPUTF8");
        _server.Arrivals.Last().To.ShouldBe(["żaneta@xn--bcher-kva.example", "a@b.example"]);
    }

    private readonly int _port;

    public SmtpMailerTests() => _port = _server.Port;

    private SmtpOptions Smtp(TimeSpan timeout) => new() { Host = IPAddress.Loopback.ToString(), Port = _port, Timeout = timeout };

    private MailOptions Options(TimeSpan timeout) => SampleLetters.Over(Smtp(timeout));

    private Task<Delivery> SendAsync(Letter letter, TimeSpan? timeout = null) => SendAsync(letter, Options(timeout ?? Limits.Hang));

    /// <summary>Each time as a process that has just started.</summary>
    private static Task<Delivery> SendAsync(Letter letter, MailOptions options) => new SmtpMailer(options, TimeProvider.System).SendAsync(letter, TestContext.Current.CancellationToken);
}
