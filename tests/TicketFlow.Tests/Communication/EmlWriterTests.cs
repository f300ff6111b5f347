using System.Text;
using TicketFlow.Communication.Contracts;
using TicketFlow.Communication.Data;
using TicketFlow.Communication.Mail;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Tests.Communication;

public sealed class EmlWriterTests
{
    private static readonly string[] Headers = ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"];
    private static readonly MailOptions Options = new();

    [Fact]
    public void A_plain_letter_reads_as_it_was_written()
    {
        EmlReader eml = Written(SampleLetters.To("zoe@customer.example"));

        eml.Names.ShouldBe(Headers);
        eml["Date"].ShouldBe("Sun, 01 Mar 2026 07:05:07 +0000");
        eml["From"].ShouldBe("\"TicketFlow\" <desk@ticketflow.example>");
        eml.Mailbox("To").ShouldBe(("Zoë", "zoe@customer.example"));
        eml.Raw("Subject").ShouldBe("Re: Rechnung");
        eml["Message-ID"].ShouldBe("<reply-1@ticketflow.example>");
        eml["Content-Type"].ShouldBe("text/plain; charset=utf-8");
        eml.Body.ShouldBe("Hello Zoë,\nall is well.\n\n-- \nAnn\n");
    }

    [Fact]
    public void Whatever_stands_in_subject_name_and_text_arrives_and_adds_no_header()
    {
        foreach (string text in HostileTexts.All)
        {
            EmlReader eml = Written(SampleLetters.To() with { Recipients = [new Contact(text, "a@b.example")], Subject = text, Text = text, Author = null });

            eml.Names.ShouldBe(Headers);
            eml["Subject"].ShouldBe(HostileTexts.AsHeader(text));
            eml.Mailbox("To").ShouldBe((HostileTexts.AsHeader(text).Trim(), "a@b.example"));
            eml.Body.ShouldBe(HostileTexts.AsBody(text) + "\n");
        }
    }

    [Fact]
    public void The_same_letter_is_the_same_bytes_every_time()
    {
        Letter letter = SampleLetters.To("a@b.example", "c@d.example");

        EmlWriter.Write(letter, Options).ShouldBe(EmlWriter.Write(letter with { Tries = 7 }, Options));
    }

    [Fact]
    public void Every_recipient_is_named_but_those_who_can_not_be()
    {
        Letter letter = SampleLetters.To("a@b.example", "no address", "x@y.example\r\nBcc: all@victims.example", "gone@b.example", "c@d.example") with { Refused = ["gone@b.example"] };

        EmlReader eml = Written(letter);

        eml["To"].ShouldBe("Zoë <a@b.example>, Zoë <c@d.example>");
        eml.Names.ShouldBe(Headers);
    }

    [Fact]
    public void A_domain_outside_ascii_is_written_as_every_server_reads_it() =>
        Written(SampleLetters.To("zoe@bücher.example")).Mailbox("To").Address.ShouldBe("zoe@xn--bcher-kva.example");

    [Theory]
    [InlineData(LetterKind.Reply, false)]
    [InlineData(LetterKind.Resolution, false)]
    [InlineData(LetterKind.Reminder, true)]
    [InlineData(LetterKind.Alert, true)]
    public void What_no_person_wrote_says_so(object kind, bool says) =>
        Written(SampleLetters.To("a@b.example") with { Kind = (LetterKind)kind }).Names.Contains("Auto-Submitted").ShouldBe(says);

    [Fact]
    public void Every_line_of_a_long_subject_is_text_by_itself()
    {
        string raw = Encoding.UTF8.GetString(EmlWriter.Write(SampleLetters.To("a@b.example") with { Subject = string.Concat(Enumerable.Repeat("ż👍", 2_500)) }, Options));

        raw.Split("\r\n").Count(line => line.StartsWith(" =?utf-8?B?", StringComparison.Ordinal) && line.EndsWith("?=", StringComparison.Ordinal)).ShouldBeGreaterThan(300);
    }

    [Theory]
    [InlineData("a@b", true)]
    [InlineData("żaneta@bücher.example", true)]
    [InlineData("a@b@c", false)]
    [InlineData("@b", false)]
    [InlineData("a@", false)]
    [InlineData("a b@c", false)]
    [InlineData("a@b>", false)]
    [InlineData("a@b\r\nRCPT TO:<c@d>", false)]
    [InlineData("a\u202E@b", false)]
    [InlineData("", false)]
    public void Nothing_that_could_end_a_command_is_an_address(string text, bool isOne) => Mailbox.IsAddress(text).ShouldBe(isOne);

    [Theory]
    [InlineData("a@b.example", "a@b.example")]
    [InlineData("żaneta@bücher.example", "żaneta@xn--bcher-kva.example")]
    [InlineData("none", "none")]
    [InlineData("a@żó..ł", "a@żó..ł")]
    public void An_address_goes_over_the_wire_with_its_domain_in_ascii(string address, string wire) => Mailbox.Wire(address).ShouldBe(wire);

    private static EmlReader Written(Letter letter) => new(EmlWriter.Write(letter, Options));
}
