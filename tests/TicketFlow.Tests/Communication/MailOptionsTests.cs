using Faultline.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using TicketFlow.Communication.Mail;

namespace TicketFlow.Tests.Communication;

public sealed class MailOptionsTests
{
    private const string Mail = "TicketFlow:Mail:";
    private const string Smtp = "TicketFlow:Mail:Smtp:";

    [Fact]
    public void Without_anywhere_to_go_the_service_does_not_start_and_says_what_to_set() =>
        Should.Throw<ConfigurationException>(() => Read()).Message.ShouldBe(
            "e-mail has nowhere to go: set TicketFlow:Mail:Pickup to a folder, TicketFlow:Mail:Smtp:Host to a mail server, or Faultline:Data to a data folder, in which 'mail' then is the pickup folder");

    [Fact]
    public void The_pickup_folder_is_in_the_data_folder_unless_it_is_named()
    {
        Read(("Faultline:Data", "/data")).Pickup.ShouldBe(Path.Combine("/data", "mail"));
        Read(("Faultline:Data", "/data"), (Mail + "Pickup", "/out")).Pickup.ShouldBe("/out");
    }

    [Fact]
    public void A_mail_server_needs_no_folder()
    {
        MailOptions options = Read((Smtp + "Host", "mail.example"), (Smtp + "Timeout", "00:00:03"), (Mail + "From", "help@shop.example"));

        options.Smtp.ShouldBe(new SmtpOptions { Host = "mail.example", Timeout = TimeSpan.FromSeconds(3) });
        options.Domain.ShouldBe("shop.example");
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        string message = Should.Throw<ConfigurationException>(() => Read(
            (Mail + "From", "nobody"), (Mail + "GiveUpAfter", "00:00:00"), (Smtp + "Port", "70000"), (Smtp + "Password", "hush"), (Smtp + "Timeout", "01:00:00"))).Message;

        message.Split("; T").Length.ShouldBe(6);
        foreach (string name in new[] { "From", "GiveUpAfter", "Host", "Port", "User", "Timeout" }) message.ShouldContain(name);
        message.ShouldNotContain("hush");
    }

    [Theory]
    [InlineData("mail.example", false, true)]
    [InlineData("mail.example", true, false)]
    [InlineData("127.0.0.1", false, false)]
    [InlineData("localhost", false, false)]
    public void A_password_goes_to_another_machine_only_encrypted(string host, bool encrypted, bool isWrong) =>
        new SmtpOptions { Host = host, UseTls = encrypted, User = "ann", Password = "hush" }.Problems().Any().ShouldBe(isWrong);

    [Fact]
    public void A_value_that_can_not_be_read_stops_the_start_with_a_sentence() =>
        Should.Throw<ConfigurationException>(() => Read((Smtp + "Port", "many"))).Message.ShouldContain("TicketFlow:Mail:Smtp:Port");

    [Fact]
    public void The_password_is_never_shown() =>
        new MailOptions { Smtp = new SmtpOptions { Host = "mail.example", User = "ann", Password = "hush" } }.ToString().ShouldNotContain("hush");

    private static MailOptions Read(params (string Key, string Value)[] settings) =>
        MailOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value))).Build());
}
